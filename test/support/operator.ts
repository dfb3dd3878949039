import { inject } from 'vitest'
import { LeasingSubjects } from '../../src/adapters/leasing-subjects.ts'
import { UpstashRecords } from '../../src/adapters/subject-records.ts'
import { UpstashSubjects } from '../../src/adapters/upstash-subjects.ts'
import { sleep } from '../../src/adapters/waiting-room.ts'
import { type GatewayOptions, testGateway } from './gateway.ts'
import { ISSUER } from './tokens.ts'

const { embeddedStoreUrl: url, storeToken: token } = inject('outside')
const store = { url, token, timeoutMs: 5_000 }

/** Users, addresses and operators of one test alone: the store outlives it. */
export function strangers() {
  const sub = `auth0|${crypto.randomUUID()}`
  const [a, b] = crypto.getRandomValues(new Uint16Array(2))
  return {
    sub,
    user: `user:${ISSUER}|${sub}`,
    from: `2001:db8:${a?.toString(16)}:${b?.toString(16)}::1`,
    operator: `auth0|operator-${crypto.randomUUID()}`,
  }
}

export function base64url(text: string): string {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text))
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** An isolate on a real store, leases and all, and the requests that an operator sends it. */
export async function operatedGateway(
  settings: Readonly<Record<string, string>> = {},
  outside: Pick<GatewayOptions, 'upstream' | 'keySet' | 'tokenProvider'> = {},
) {
  const gateway = await testGateway({
    ...outside,
    settings,
    subjects: new LeasingSubjects(
      new UpstashSubjects(store),
      crypto.randomUUID(),
      () => 0,
      sleep,
      () => {},
    ),
    records: new UpstashRecords(store),
  })
  const self = strangers()
  const mint = () => gateway.mint({ subject: self.operator, roles: ['super_admin'] })
  const path = (subject: string) => `/_gateway/admin/subjects/${base64url(subject)}`

  return {
    ...gateway,
    /** The operator's own subject and address. */
    self: { subject: `user:${ISSUER}|${self.operator}`, from: self.from },
    async read(subject: string) {
      const answer = await gateway.get(path(subject), { token: await mint(), from: self.from })
      return JSON.parse(answer.text)
    },
    async change(subject: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
      return gateway.ask(path(subject), {
        method: 'PATCH',
        token: await mint(),
        from: self.from,
        headers: { 'Content-Type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
    },
    async changeBytes(subject: string, body: string | Uint8Array<ArrayBuffer>) {
      return gateway.ask(path(subject), {
        method: 'PATCH',
        token: await mint(),
        from: self.from,
        headers: { 'Content-Type': 'application/json' },
        body,
      })
    },
    async operate(url: string) {
      return gateway.get(url, { token: await mint(), from: self.from })
    },
  }
}
