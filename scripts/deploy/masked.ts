/** Shorter ones are no secrets, and would mask half of the text. */
const SHORTEST = 6

/** The text without those secrets: neither as they are nor as a URL, JSON or Basic credentials spell them. */
export function masked(text: string, secrets: Iterable<string | undefined>): string {
  const spellings = [...secrets]
    .filter((secret) => secret !== undefined && secret.length >= SHORTEST)
    .flatMap((secret = '') => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
    ])
    // The longest first: one may hold another.
    .sort((one, other) => other.length - one.length)
  return spellings.reduce((rest, spelling) => rest.replaceAll(spelling, '[masked]'), text)
}
