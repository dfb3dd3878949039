import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { type Exchange, fieldsOf, numberFrom, type Route, sendJson } from './exchange.ts'

const models = ['llama3.2:3b', 'qwen2.5-coder:7b']
const words = ['A ', 'gateway ', 'asks ', 'before ', 'it ', 'forwards.']

export const streamRoutes: readonly Route[] = [
  {
    methods: ['GET'],
    path: '/ollama/api/tags',
    answer: (exchange) =>
      sendJson(exchange, 200, { models: models.map((name) => ({ name, size: 2_019_393_189 })) }),
  },
  { methods: ['POST'], path: '/ollama/api/chat', answer: chat },
  {
    methods: ['GET'],
    path: '/ollama/events',
    answer: async (exchange) => {
      const count = numberFrom(exchange.query, 'count', { fallback: 10, max: 100_000 })
      await stream(exchange, 'text/event-stream', ticks(count, exchange.gone))
    },
  },
  {
    methods: ['GET'],
    path: '/bridge-polling/:id/poll',
    answer: async (exchange) => {
      const seconds = numberFrom(exchange.query, 'seconds', { fallback: 2, max: 120 })
      await wait(seconds * 1000, undefined, { signal: exchange.gone })
      sendJson(exchange, 200, { success: true, bridgeId: exchange.params.id, requests: [] })
    },
  },
  {
    methods: ['GET'],
    path: '/admin/reports/export',
    answer: async (exchange) => {
      const rows = numberFrom(exchange.query, 'rows', { fallback: 200, max: 1_000_000 })
      exchange.response.setHeader('content-disposition', 'attachment; filename="report.csv"')
      await stream(exchange, 'text/csv; charset=utf-8', report(rows))
    },
  },
  {
    methods: ['GET'],
    path: '/big',
    answer: async (exchange) => {
      const bytes = numberFrom(exchange.query, 'bytes', { fallback: 1_048_576, max: 2 ** 30 })
      exchange.response.setHeader('content-length', bytes)
      await stream(exchange, 'application/octet-stream', filler(bytes))
    },
  },
]

async function chat(exchange: Exchange): Promise<void> {
  const { model, stream: streamed } = fieldsOf(exchange.body)
  if (typeof model !== 'string' || !models.includes(model)) {
    return sendJson(exchange, 404, { error: `model '${model}' not found` })
  }
  if (streamed === false) {
    const message = { role: 'assistant', content: words.join('') }
    return sendJson(exchange, 200, { model, message, done: true })
  }
  await stream(exchange, 'application/x-ndjson', chatLines(model, exchange.gone))
}

async function stream(
  { response }: Exchange,
  contentType: string,
  chunks: AsyncIterable<string | Buffer> | Iterable<string | Buffer>,
): Promise<void> {
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache' })
  // Otherwise the header waits for the first chunk, which a slow stream may owe for long.
  response.flushHeaders()
  await pipeline(Readable.from(chunks), response)
}

async function* chatLines(model: string, signal: AbortSignal) {
  for (const content of words) {
    yield `${JSON.stringify({ model, message: { role: 'assistant', content }, done: false })}\n`
    await wait(50, undefined, { signal })
  }
  yield `${JSON.stringify({ model, done: true, eval_count: words.length })}\n`
}

async function* ticks(count: number, signal: AbortSignal) {
  for (let tick = 1; tick <= count; tick += 1) {
    yield `id: ${tick}\nevent: tick\ndata: {"tick":${tick}}\n\n`
    if (tick < count) await wait(200, undefined, { signal })
  }
}

function* report(rows: number) {
  yield 'day,user,requests\n'
  for (let row = 1; row <= rows; row += 1) yield `2026-10-01,auth0|user-${row},${row * 7}\n`
}

function* filler(bytes: number) {
  const chunk = Buffer.alloc(65_536, '0123456789abcdef')
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk.subarray(0, bytes - sent)
}
