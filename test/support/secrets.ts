/** What looks like a token whoever signed it, and what looks like an API key. */
const TOKENS = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}|ctll_[\w-]{8,}/g

/** Shortened, so that a report of a leak is none. */
function shown(secret: string, text: string): string {
  const at = text.indexOf(secret)
  return `${secret.slice(0, 12)}… after ${JSON.stringify(text.slice(Math.max(0, at - 60), at))}`
}

/** As it is, and as JSON in JSON, a URL and base64 write it. */
function spelled(secret: string): readonly string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(secret))
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    btoa(bytes).replaceAll('=', ''),
  ]
}

/** The secrets that stand in a text, be they known or only look like one. */
export function secretsIn(text: string, known: ReadonlySet<string>): readonly string[] {
  const found = [...known].flatMap((secret) => spelled(secret).filter((one) => text.includes(one)))
  const similar = text.match(TOKENS) ?? []
  return [...new Set([...found, ...similar])].map((secret) => shown(secret, text))
}
