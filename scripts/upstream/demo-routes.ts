import { setTimeout as wait } from 'node:timers/promises'
import { errorShapes, statusesOf } from './error-shapes.ts'
import { type Exchange, numberFrom, type Route, sendError, sendJson } from './exchange.ts'
import { faults, sendBareStatus } from './faults.ts'
import { headerPairs, type ReceivedRequest, sha256 } from './received.ts'

/** The test bench: answers that fail on demand, and what the upstream saw. */
export function demoRoutes(received: readonly ReceivedRequest[]): readonly Route[] {
  return [
    { path: '/demo/errors', answer: (exchange) => sendJson(exchange, 200, listing(exchange)) },
    { path: '/demo/errors/:number', answer: answerShape },
    { path: '/demo/status/:code', answer: answerStatus },
    {
      path: '/demo/slow',
      answer: async (exchange) => {
        const ms = numberFrom(exchange.query, 'ms', { fallback: 1000, max: 600_000 })
        await wait(ms, undefined, { signal: exchange.gone })
        sendJson(exchange, 200, { slowMs: ms })
      },
    },
    { path: '/demo/echo', answer: (exchange) => sendJson(exchange, 200, echo(exchange)) },
    {
      methods: ['POST'],
      path: '/client-logs',
      answer: (exchange) => sendJson(exchange, 200, echo(exchange)),
    },
    {
      methods: ['POST'],
      path: '/webhooks/stripe',
      answer: (exchange) =>
        sendJson(exchange, 200, {
          received: true,
          bytes: exchange.body.length,
          sha256: sha256(exchange.body),
        }),
    },
    {
      methods: ['GET'],
      path: '/demo/received',
      answer: (exchange) => {
        const id = exchange.query.get('correlationId')
        const wanted = received.filter((entry) => id === null || entry.correlationId === id)
        sendJson(exchange, 200, { requests: wanted.slice(-100) })
      },
    },
  ]
}

function listing({ mount }: Exchange) {
  return {
    shapes: errorShapes.map((shape) => ({
      number: shape.number,
      title: shape.title,
      path: `${mount}/demo/errors/${shape.number}`,
      ...(shape.kind === 'broken' ? { how: Object.keys(faults) } : { status: statusesOf(shape) }),
    })),
  }
}

async function answerShape(exchange: Exchange): Promise<void> {
  const shape = errorShapes.find(({ number }) => String(number) === exchange.params.number)
  if (!shape) return sendError(exchange, 404, 'NOT_FOUND', 'Not found', 'No such shape')
  if (shape.kind === 'broken') return answerFault(exchange)

  const status = Number(exchange.query.get('status') ?? statusesOf(shape)[0])
  const answer = shape.answers.find(({ statuses }) => statuses.includes(status))
  if (!answer) return refuse(exchange, 'status', statusesOf(shape))
  if (shape.kind === 'bare') return sendBareStatus(exchange, status)
  const headers = { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) }
  exchange.response.writeHead(status, headers).end(answer.body)
}

async function answerFault(exchange: Exchange): Promise<void> {
  const fault = Object.entries(faults).find(
    ([how]) => how === (exchange.query.get('how') ?? 'reset'),
  )
  if (!fault) return refuse(exchange, 'how', Object.keys(faults))
  await fault[1](exchange)
}

function answerStatus(exchange: Exchange): void {
  const code = Number(exchange.params.code)
  if (!Number.isInteger(code) || code < 100 || code > 999) {
    sendError(exchange, 400, 'INVALID_STATUS', 'Bad request', 'A status is 100 to 999')
  } else if (code < 200) {
    // Node takes these for news of an answer to come, not for the answer.
    sendBareStatus(exchange, code)
  } else if (code === 204 || code === 205 || code === 304) {
    exchange.response.writeHead(code).end()
  } else {
    if (code >= 300 && code < 400) exchange.response.setHeader('location', '../errors/25')
    sendJson(exchange, code, code < 400 ? { status: code } : { error: `Status ${code}` })
  }
}

function refuse(exchange: Exchange, name: string, known: readonly (string | number)[]): void {
  const message = `${name} is one of ${known.join(', ')}`
  sendError(exchange, 400, 'INVALID_REQUEST', 'Bad request', message)
}

function echo({ request, body }: Exchange) {
  const { method, url } = request
  const headers = headerPairs(request.rawHeaders)
  return { method, url, headers, bodySha256: sha256(body), bodyBytes: body.length }
}
