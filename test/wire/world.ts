import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type LocalIssuer, startIssuer } from '../../scripts/issuer.ts'
import { type ServedWorker, serveBundle } from '../../scripts/serve.ts'
import { type LocalStore, startStore } from '../../scripts/store/bridge.ts'
import { type DemoUpstream, startUpstream } from '../../scripts/upstream/server.ts'
import { documentedFields, recordsIn, undocumentedIn } from '../support/log-records.ts'
import { operatorsPages } from './operators-pages.ts'
import { keepProduced, keepSecret, keepSecretSettings, textOf } from './produced.ts'

const LOG_RECORDS = join(import.meta.dirname, '../../docs/log-records.md')

export const STORE_TOKEN = 'wire-store-token'

export interface World {
  readonly gateway: ServedWorker
  readonly upstream: DemoUpstream
  readonly issuer: LocalIssuer
  readonly store: LocalStore
  /** A new isolate of the same worker, with some settings changed. */
  another(settings: Readonly<Record<string, string>>): Promise<ServedWorker>
  stop(): Promise<void>
}

/** The built worker in plain workerd, between a real client and a real upstream, issuer and store. */
export async function openWorld(settings: Readonly<Record<string, string>> = {}): Promise<World> {
  const [upstream, issuer, store] = await Promise.all([
    startUpstream({}),
    startIssuer({}).then(remembering),
    startStore({ token: STORE_TOKEN, engine: 'embedded' }),
  ])
  const served: ServedWorker[] = []
  const written: Written = []
  async function another(changes: Readonly<Record<string, string>>) {
    const all = {
      UPSTREAM_URL: upstream.url,
      UPSTASH_REDIS_REST_URL: store.url,
      UPSTASH_REDIS_REST_TOKEN: STORE_TOKEN,
      JWT_ISSUER: issuer.issuer,
      JWT_AUDIENCE: issuer.audience,
      ROUTES: JSON.stringify([
        { path: '/demo/limited', access: 'user', limit: 'bridgeRegister' },
        { path: '/demo/*', access: 'public' },
        { path: '/ollama/*', access: 'public' },
        { path: '/big', access: 'public' },
        { path: '/webhooks/stripe', access: 'public' },
        { path: '/tunnels', access: 'user' },
        { path: '/tunnels/:id', access: 'user' },
        { path: '/admin/users', access: 'admin', limit: 'admin' },
        { path: '/ssh', access: 'user' },
      ]),
      ...changes,
    }
    await keepSecretSettings(all)
    const worker = keeping(await serveBundle(inject('bundle'), all), issuer, written)
    served.push(worker)
    return worker
  }
  return {
    gateway: await another(settings),
    upstream,
    issuer,
    store,
    another,
    async stop() {
      await Promise.all(served.map((worker) => worker.stop()))
      await keepProduced('store', await textOf(store).catch(() => ''))
      await Promise.all([upstream.stop(), issuer.stop(), store.stop()])
      mustBeDocumented(written)
    },
  }
}

/** Its operators' pages and its log are kept when it stops. */
function keeping(worker: ServedWorker, issuer: LocalIssuer, written: Written): ServedWorker {
  let stopped: Promise<void> | undefined
  async function stop() {
    const token = await issuer.mint({ subject: 'auth0|reader', roles: ['super_admin'] })
    await keepProduced('pages', await operatorsPages(worker.url, token, worker.log()))
    written.push(...recordsIn(worker.log()))
    await keepProduced('log', worker.log())
    await worker.stop()
  }
  return {
    ...worker,
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

/** Whatever it mints is a secret of the run. */
function remembering(issuer: LocalIssuer): LocalIssuer {
  const { mint, mintRefreshToken } = issuer
  return Object.assign(issuer, {
    async mint(options: Parameters<typeof mint>[0]) {
      const token = await mint(options)
      await keepSecret(token)
      return token
    },
    mintRefreshToken(options: Parameters<typeof mintRefreshToken>[0]) {
      const token = mintRefreshToken(options)
      void keepSecret(token)
      return token
    },
  })
}

type Written = Readonly<Record<string, unknown>>[]

function mustBeDocumented(records: Written): void {
  const documented = documentedFields(readFileSync(LOG_RECORDS, 'utf8'))
  const unread = new Set(records.flatMap((record) => undocumentedIn(record, documented)))
  if (unread.size > 0) throw new Error(`not in docs/log-records.md: ${[...unread].join(', ')}`)
}

/** Sends bytes as they are and gives back all that comes until the other side closes. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    const timer = setTimeout(() => socket.destroy(), 5_000)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks).toString('latin1'))
    })
    socket.write(text, 'latin1')
  })
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

export function parseRaw(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = new Headers()
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return { status: Number(statusLine.split(' ')[1]), headers, body: rest.join('\r\n\r\n') }
}
