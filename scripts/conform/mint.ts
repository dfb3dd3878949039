import type { Options } from './options.ts'

type Minted = Required<Pick<Options, 'token' | 'expiredToken' | 'foreignToken'>>

/** What a development issuer gives to whoever asks. */
export async function mintAt(issuer: URL): Promise<Minted> {
  const subject = `conform|${crypto.randomUUID()}`
  const ask = (options: object) => tokenFrom(issuer, { subject, ...options })
  const [token, expiredToken, foreignToken] = await Promise.all([
    ask({}),
    ask({ issuedAt: Math.floor(Date.now() / 1000) - 7_200 }),
    ask({ audience: 'https://conform.invalid' }),
  ])
  return { token, expiredToken, foreignToken }
}

async function tokenFrom(issuer: URL, options: object): Promise<string> {
  const endpoint = new URL('/dev/tokens', issuer)
  const answer = await fetch(endpoint, { method: 'POST', body: JSON.stringify(options) }).catch(
    () => {
      throw new Error(`nobody answers at ${endpoint}: is the development issuer running?`)
    },
  )
  const body: unknown = await answer.json().catch(() => undefined)
  if (typeof body === 'object' && body !== null && 'token' in body) return String(body.token)
  throw new Error(`${endpoint} answered ${answer.status}: not a development issuer`)
}
