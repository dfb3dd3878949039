import { createServer, type IncomingMessage } from 'node:http'
import { json, text } from 'node:stream/consumers'
import { close, listen } from '../../../scripts/upstream/listen.ts'
import { keepSecretSettings } from '../../wire/produced.ts'

export const FIRST_VERSION = '00000000-0000-4000-8000-000000000001'
export const ACCOUNT = '0123456789abcdef0123456789abcdef'

interface Share {
  readonly version_id: string
  readonly percentage: number
}

export interface FakeCloudflare {
  /** For CLOUDFLARE_API_BASE_URL. */
  readonly url: string
  /** By worker, then by name. */
  readonly secrets: Map<string, Map<string, string>>
  /** What each deployment gave to which version, in order; the last one is in force. */
  readonly deployments: Share[][]
  /** Method and path of what was asked, in order. */
  readonly asked: readonly string[]
  stop(): Promise<void>
}

interface Options {
  readonly token: string
  /** Workers that are there, each without secrets. */
  readonly workers?: readonly string[]
  readonly tokenStatus?: string
  /** The token may not see workers. */
  readonly mayRead?: boolean
  /** The last version was uploaded and not deployed. */
  readonly undeployedVersion?: boolean
}

class Refusal extends Error {
  readonly status: number
  readonly code: number
  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const SCRIPT = /^\/accounts\/(\w+)\/workers\/scripts\/([\w-]+)(\/[\w/-]+)?$/

/** The part of Cloudflare's API v4 that wrangler speaks for secrets, versions and deployments, with the envelope of its answers. */
export async function startCloudflare({
  token,
  workers = [],
  tokenStatus = 'active',
  mayRead = true,
  undeployedVersion = false,
}: Options): Promise<FakeCloudflare> {
  const secrets = new Map(workers.map((name) => [name, new Map<string, string>()]))
  const asked: string[] = []
  const deployments: Share[][] = [[{ version_id: FIRST_VERSION, percentage: 100 }]]
  const versions = [FIRST_VERSION]

  async function resultOf(request: IncomingMessage): Promise<unknown> {
    const path = (request.url ?? '').split('?')[0] ?? ''
    asked.push(`${request.method} ${path}`)
    if (request.headers.authorization !== `Bearer ${token}`) {
      throw new Refusal(401, 1000, 'Invalid API Token')
    }
    if (path === '/user/tokens/verify') return { id: 'x', status: tokenStatus }
    if (path.startsWith(`/accounts/${ACCOUNT}/workers/services/`)) {
      return { default_environment: { script: { tag: 'tag', last_deployed_from: 'wrangler' } } }
    }
    const [, account, name = '', part] = SCRIPT.exec(path) ?? []
    if (account !== ACCOUNT || !mayRead) throw new Refusal(403, 10000, 'Authentication error')
    if (request.method === 'PUT' && part === undefined) {
      secrets.set(name, new Map())
      return { id: name }
    }
    const own = secrets.get(name)
    if (!own) throw new Refusal(404, 10007, 'This Worker does not exist on your account.')
    if (request.method === 'GET' && part === '/secrets') {
      return [...own.keys()].map((key) => ({ name: key, type: 'secret_text' }))
    }
    if (request.method === 'PATCH' && part === '/secrets-bulk') {
      if (undeployedVersion) throw new Refusal(400, 10215, 'Secret edit failed.')
      const given = await bodyOf(request)
      await keepSecretSettings(given)
      for (const [key, value] of Object.entries(given)) own.set(key, value)
      return [...own.keys()].map((key) => ({ name: key, type: 'secret_text' }))
    }
    if (part?.startsWith('/deployments')) return deploymentsAnswer(request)
    if (part?.startsWith('/versions')) return versionsAnswer(request, part)
    if (part === '/script-settings') return { logpush: false }
    throw new Refusal(404, 7000, 'No route for that URI')
  }

  async function deploymentsAnswer(request: IncomingMessage): Promise<unknown> {
    if (request.method === 'POST') {
      const { versions: shares } = (await json(request)) as { versions: Share[] }
      const sum = shares.reduce((total, { percentage }) => total + percentage, 0)
      if (sum !== 100) throw new Refusal(400, 10021, 'percentages must add up to 100')
      deployments.push(shares)
    }
    return {
      id: 'deployment',
      deployments: deployments.toReversed().map((shares, i) => ({
        id: `deployment-${i}`,
        source: 'wrangler',
        strategy: 'percentage',
        author_email: 'operator@acme.test',
        created_on: '2026-11-23T00:00:00Z',
        annotations: {},
        versions: shares,
      })),
    }
  }

  async function versionsAnswer(request: IncomingMessage, part: string): Promise<unknown> {
    if (request.method === 'POST') {
      await text(request)
      versions.push(`00000000-0000-4000-8000-00000000000${versions.length + 1}`)
      return describedVersion(versions.at(-1) ?? '')
    }
    const id = part.split('/')[2]
    return id ? describedVersion(id) : { items: versions.map(describedVersion) }
  }

  const server = createServer((request, response) => {
    resultOf(request).then(
      (result) => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ success: true, errors: [], messages: [], result }))
      },
      (error: unknown) => {
        const { status, code, message } =
          error instanceof Refusal ? error : new Refusal(500, 1, String(error))
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(
          JSON.stringify({
            success: false,
            errors: [{ code, message }],
            messages: [],
            result: null,
          }),
        )
      },
    )
  })
  const url = `http://127.0.0.1:${await listen(server)}`
  return { url, secrets, deployments, asked, stop: () => close(server) }
}

function describedVersion(id: string) {
  const metadata = {
    author_email: 'operator@acme.test',
    created_on: '2026-11-23T00:00:00Z',
    source: 'wrangler',
  }
  return {
    id,
    number: 1,
    metadata,
    annotations: {},
    resources: { bindings: [], script: {}, script_runtime: {} },
    startup_time_ms: 1,
  }
}

/** As merge-patch JSON: the text of each secret by its name. */
async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  const body = (await json(request)) as { secrets: Record<string, { text: string }> }
  return Object.fromEntries(Object.entries(body.secrets).map(([name, { text }]) => [name, text]))
}
