import { createServer, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { close, listen } from '../../../scripts/upstream/listen.ts'

export const ACCOUNT = '0123456789abcdef0123456789abcdef'

export interface FakeCloudflare {
  /** For CLOUDFLARE_API_BASE_URL. */
  readonly url: string
  /** By worker, then by name. */
  readonly secrets: Map<string, Map<string, string>>
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

const SCRIPT = /^\/accounts\/(\w+)\/workers\/scripts\/([\w-]+)(\/[\w-]+)?$/

/** The part of Cloudflare's API v4 that wrangler speaks for secrets, with the envelope of its answers. */
export async function startCloudflare({
  token,
  workers = [],
  tokenStatus = 'active',
  mayRead = true,
  undeployedVersion = false,
}: Options): Promise<FakeCloudflare> {
  const secrets = new Map(workers.map((name) => [name, new Map<string, string>()]))
  const asked: string[] = []

  async function resultOf(request: IncomingMessage): Promise<unknown> {
    const path = (request.url ?? '').split('?')[0] ?? ''
    asked.push(`${request.method} ${path}`)
    if (request.headers.authorization !== `Bearer ${token}`) {
      throw new Refusal(401, 1000, 'Invalid API Token')
    }
    if (path === '/user/tokens/verify') return { id: 'x', status: tokenStatus }
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
      for (const [key, value] of Object.entries(await bodyOf(request))) own.set(key, value)
      return [...own.keys()].map((key) => ({ name: key, type: 'secret_text' }))
    }
    throw new Refusal(404, 7000, 'No route for that URI')
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
  return { url, secrets, asked, stop: () => close(server) }
}

/** As merge-patch JSON: the text of each secret by its name. */
async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  const body = (await json(request)) as { secrets: Record<string, { text: string }> }
  return Object.fromEntries(Object.entries(body.secrets).map(([name, { text }]) => [name, text]))
}
