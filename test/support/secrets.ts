/** What looks like a token whoever signed it, and what looks like an API key. */
const TOKENS = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}|ctll_[\w-]{8,}/g

/** Shortened, so that a report of a leak is none. */
function shown(secret: string, text: string): string {
  const at = text.indexOf(secret)
  return `${secret.slice(0, 12)}… after ${JSON.stringify(text.slice(Math.max(0, at - 60), at))}`
}

/** The secrets that stand in a text, be they known or only look like one; also as JSON in JSON writes them. */
export function secretsIn(text: string, known: ReadonlySet<string>): readonly string[] {
  const spelled = (secret: string) => [secret, JSON.stringify(secret).slice(1, -1)]
  const found = [...known].flatMap((secret) => spelled(secret).filter((one) => text.includes(one)))
  const similar = text.match(TOKENS) ?? []
  return [...new Set([...found, ...similar])].map((secret) => shown(secret, text))
}
