/** Shorter ones are no secrets, and would mask half of the text. */
const SHORTEST = 6

/** The text without those secrets: neither as they are nor as a URL, JSON or base64 spells them. */
export function masked(text: string, secrets: Iterable<string | undefined>): string {
  const spellings = [...secrets]
    .filter((secret) => secret !== undefined && secret.length >= SHORTEST)
    .flatMap((secret = '') => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    ])
    // The longest first: one may hold another.
    .sort((one, other) => other.length - one.length)
  return spellings.reduce((rest, spelling) => rest.replaceAll(spelling, '[masked]'), text)
}

/** The beginning of a text, to the end of a word: half a secret is masked by nobody. */
export function beginningOf(text: string, most: number): string {
  return text.length <= most
    ? text
    : text
        .slice(0, most + 1)
        .replace(/\S*$/, '')
        .trimEnd()
}
