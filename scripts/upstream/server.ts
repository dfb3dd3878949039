import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { accountRoutes } from './account-routes.ts'
import { readBody } from './body.ts'
import { demoRoutes } from './demo-routes.ts'
import { type Exchange, type Route, sendError, sendJson } from './exchange.ts'
import { answerPreflight, createHabits, refusesOrigin } from './habits.ts'
import { close, listen } from './listen.ts'
import { type ReceivedRequest, remember, sha256 } from './received.ts'
import { matchRoute } from './router.ts'
import { serviceRoutes } from './service-routes.ts'
import { streamRoutes } from './stream-routes.ts'
import { tunnelRoutes } from './tunnel-routes.ts'
import { asksForWebSocket, type ClosedWebSocket, createWebSockets } from './web-sockets.ts'

export interface DemoUpstream {
  /** Without a slash at its end. */
  readonly url: string
  /** The last thousand requests, oldest first. */
  readonly received: readonly ReceivedRequest[]
  readonly openWebSockets: number
  /** The last thousand that were open, in the order of their end. */
  readonly closedWebSockets: readonly ClosedWebSocket[]
  stop(): Promise<void>
}

interface UpstreamOptions {
  readonly port?: number
  readonly log?: (line: string) => void
}

/** An API with the habits and the failures of the real one, for development and tests. */
export async function startUpstream(options: UpstreamOptions = {}): Promise<DemoUpstream> {
  const received: ReceivedRequest[] = []
  const webSockets = createWebSockets()
  const addHabits = createHabits()
  const routes: readonly Route[] = [
    ...serviceRoutes,
    ...accountRoutes,
    ...tunnelRoutes(),
    ...streamRoutes,
    ...demoRoutes(received),
  ]

  const server = createServer({ shouldUpgradeCallback: asksForWebSocket }, (request, response) => {
    const entry = remember(received, request)
    const gone = new AbortController()
    response.on('close', () => {
      entry.outcome = response.writableFinished ? 'answered' : 'broken'
      options.log?.(`${entry.method} ${entry.url} ${response.statusCode} ${entry.outcome}`)
      gone.abort()
    })
    addHabits(request, response)
    void serve(routes, request, response, entry, gone.signal)
  })
  server.on('upgrade', (request, socket, head) => {
    remember(received, request).outcome = 'upgraded'
    options.log?.(`${request.method} ${request.url} upgraded`)
    webSockets.accept(request, socket, head)
  })

  const port = await listen(server, options.port)
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    get openWebSockets() {
      return webSockets.open
    },
    closedWebSockets: webSockets.closed,
    stop: async () => {
      webSockets.terminate()
      await close(server)
    },
  }
}

async function serve(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
  entry: ReceivedRequest,
  gone: AbortSignal,
): Promise<void> {
  try {
    if (request.method === 'OPTIONS') return answerPreflight(response)
    const body = await readBody(request, (bytes) => {
      entry.bodyBytes += bytes
    })
    if (refusesOrigin(request)) return sendCatchAll(response)
    if (body.kind === 'tooLarge') return sendTooLarge(response, body.announced)
    entry.bodySha256 = sha256(body.bytes)

    const { mount, path, query } = targetFrom(request.url ?? '/')
    const match = matchRoute(routes, entry.method, path)
    if (!match) return sendJson({ response }, 404, { error: 'Not found' })
    const { route, params } = match
    const exchange: Exchange = { request, response, mount, query, params, body: body.bytes, gone }
    await route.answer(exchange)
  } catch {
    // Broken JSON and broken percent-escapes end here too: to the API they are one and the same.
    if (response.headersSent) response.destroy()
    else if (!gone.aborted) sendCatchAll(response)
  }
}

function targetFrom(target: string): Pick<Exchange, 'mount' | 'query'> & { path: string } {
  const [whole = '', ...query] = target.split('?')
  const mount = whole.startsWith('/api/') ? '/api' : ''
  return { mount, path: whole.slice(mount.length), query: new URLSearchParams(query.join('?')) }
}

function sendTooLarge(response: ServerResponse, announced: boolean): void {
  const message = 'Request body exceeds 10MB'
  if (announced) sendError({ response }, 413, 'PAYLOAD_TOO_LARGE', 'Payload too large', message)
  else sendCatchAll(response)
}

function sendCatchAll(response: ServerResponse): void {
  sendJson({ response }, 500, {
    error: 'Internal server error',
    message: 'Something went wrong',
  })
}
