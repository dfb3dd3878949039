import { createServer, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { close, listen } from '../../../scripts/upstream/listen.ts'

export const EMAIL = 'operator@acme.test'
export const API_KEY = 'upstash-api-key-nobody-may-see'

interface Made {
  readonly database_id: string
  readonly database_name: string
  readonly primary_region: string
  readonly rest_token: string
}

/** As documented: what must be said of a new database, and what may be. */
const REQUIRED = ['database_name', 'platform', 'primary_region']
const OPTIONAL = ['read_regions', 'plan', 'budget', 'eviction', 'tls']

/** The part of Upstash's developer API v2 that is about Redis databases. Like the real one, it takes a name twice. */
export async function startUpstash() {
  const made: Made[] = []
  const asked: { readonly what: string; readonly body?: unknown }[] = []

  async function answerTo(request: IncomingMessage): Promise<[number, unknown]> {
    const { method = '', url = '', headers } = request
    const body: unknown = method === 'POST' ? await json(request) : undefined
    asked.push({ what: `${method} ${url}`, ...(body !== undefined && { body }) })
    const expected = Buffer.from(`${EMAIL}:${API_KEY}`).toString('base64')
    if (headers.authorization !== `Basic ${expected}`) return [401, { error: 'Unauthorized' }]
    if (method === 'GET' && url === '/v2/redis/databases') return [200, made.map(publicPart)]
    if (method === 'GET' && url.startsWith('/v2/redis/database/')) {
      const found = made.find(({ database_id }) => url.endsWith(`/${database_id}`))
      return found ? [200, revealed(found)] : [404, { error: 'database not found' }]
    }
    if (method === 'POST' && url === '/v2/redis/database') return created(body)
    return [404, '404 page not found']
  }

  function created(body: unknown): [number, unknown] {
    const given = typeof body === 'object' && body !== null ? body : {}
    const missing = REQUIRED.filter((name) => !(name in given))
    const unknown = Object.keys(given).filter((name) => ![...REQUIRED, ...OPTIONAL].includes(name))
    if (missing.length + unknown.length > 0) return [400, { error: 'bad request' }]
    const { database_name = '', primary_region = '' } = given as Partial<Made>
    const one = add(database_name, primary_region)
    return [200, publicPart(one)]
  }

  function add(database_name: string, primary_region: string): Made {
    const number = made.length + 1
    const one = {
      database_id: `id-${number}`,
      database_name,
      primary_region,
      rest_token: `rest-token-${number}-nobody-may-see`,
    }
    made.push(one)
    return one
  }

  const server = createServer((request, response) => {
    answerTo(request).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
  })
  const url = `http://127.0.0.1:${await listen(server)}`
  return { url, made, asked, add, stop: () => close(server) }
}

function publicPart({ rest_token: _, ...rest }: Made) {
  return {
    ...rest,
    state: 'active',
    region: 'global',
    endpoint: `slug-of-${rest.database_id}`,
    tls: true,
  }
}

function revealed(one: Made) {
  return { ...publicPart(one), rest_token: one.rest_token, read_only_rest_token: 'read-only' }
}
