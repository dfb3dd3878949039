import { Agent } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { ask, askAgain } from './ask.ts'
import type { Asked, Exchange, Silence } from './exchange.ts'
import type { Options } from './options.ts'

export type Sending = Pick<Asked, 'path'> & Partial<Asked> & { readonly token?: string | undefined }

/** The API that is judged, and all that was said with it. */
export interface Api {
  readonly options: Options
  readonly exchanges: readonly Exchange[]
  readonly silences: readonly Silence[]
  /** Requests of one sort, one after the other. */
  readonly series: readonly (readonly Exchange[])[]
  /** A path that nobody has. */
  readonly nowhere: string
  ask(purpose: string, request: Sending): Promise<Exchange | undefined>
  /** Over one connection, until `enough` says so or `most` are sent. */
  askInTurn(
    purpose: string,
    request: Sending,
    most: number,
    enough?: (exchange: Exchange) => boolean,
  ): Promise<readonly Exchange[]>
}

export function createApi(options: Options): Api {
  const exchanges: Exchange[] = []
  const silences: Silence[] = []
  const series: (readonly Exchange[])[] = []
  const base = options.url.pathname.replace(/\/$/, '')

  async function converse(purpose: string, request: Sending, agent?: Agent) {
    const { method = 'GET', path, token, body } = request
    const asked: Asked = {
      method,
      path: `${base}${path}`,
      headers: {
        ...options.headers,
        ...(token && { Authorization: `Bearer ${token}` }),
        ...request.headers,
      },
      ...(body !== undefined && { body }),
    }
    try {
      const { url } = options
      const answer = await (agent ? askAgain(url, asked, agent) : ask(url, asked))
      const exchange: Exchange = { purpose, asked, answer }
      exchanges.push(exchange)
      return exchange
    } catch (error) {
      silences.push({ purpose, asked, reason: reasonOf(error) })
      return undefined
    }
  }

  return {
    options,
    exchanges,
    silences,
    series,
    nowhere: `/conform-${crypto.randomUUID()}`,
    ask: (purpose, request) => converse(purpose, request),
    async askInTurn(purpose, request, most, enough = () => false) {
      const secure = options.url.protocol === 'https:'
      const agent = new (secure ? SecureAgent : Agent)({ keepAlive: true, maxSockets: 1 })
      const turn: Exchange[] = []
      for (let i = 0; i < most; i++) {
        const exchange = await converse(`${purpose}, request ${i + 1}`, request, agent)
        if (!exchange) break
        turn.push(exchange)
        if (enough(exchange)) break
      }
      agent.destroy()
      series.push(turn)
      return turn
    },
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Of a name with several addresses only a code is told.
  return error.message || ('code' in error ? String(error.code) : error.name)
}
