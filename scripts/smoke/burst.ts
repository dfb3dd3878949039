const HEADERS = [
  'x-correlation-id',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
] as const

interface Burst {
  /** How often each status came. */
  readonly statuses: Readonly<Record<string, number>>
  /** Of those that every answer owes, the headers that one or another lacked. */
  readonly missing: readonly string[]
}

/** Requests of one new caller, all at once. */
export async function burst(url: string, count: number, issuer: string): Promise<Burst> {
  const token = await freshToken(issuer)
  const headers = { Authorization: `Bearer ${token}` }
  const answers = await Promise.all(
    Array.from({ length: count }, async () => {
      const answer = await fetch(url, { headers })
      await answer.arrayBuffer()
      return answer
    }),
  )
  const statuses: Record<string, number> = {}
  for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1
  const missing = HEADERS.filter((name) => answers.some((answer) => !answer.headers.get(name)))
  return { statuses, missing }
}

async function freshToken(issuer: string): Promise<string> {
  const subject = `smoke|${crypto.randomUUID()}`
  const answer = await fetch(new URL('dev/tokens', issuer), {
    method: 'POST',
    body: JSON.stringify({ subject, tier: 'free' }),
  })
  const body: unknown = await answer.json()
  if (typeof body === 'object' && body !== null && 'token' in body) return String(body.token)
  throw new Error(`no token from ${issuer}: ${JSON.stringify(body)}`)
}
