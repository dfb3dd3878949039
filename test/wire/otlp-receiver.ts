import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { flawsOf, type OtlpSpan, spansIn } from './otlp-payload.ts'
import { keepProduced } from './produced.ts'

export interface OtlpReceiver {
  readonly url: string
  /** Whatever came, taken or not. */
  readonly requests: readonly ReceivedBatch[]
  /** Of the batches that were taken. */
  spans(): readonly OtlpSpan[]
  /** How it answers from now on; nothing: as the protocol says. */
  behave(behaviour?: Behaviour): void
  stop(): Promise<void>
}

export interface ReceivedBatch {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly flaws: readonly string[]
  taken: boolean
}

/** `silent`: it takes what comes and never says a word. */
export type Behaviour =
  | 'silent'
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }

/** The trace signal of an OpenTelemetry collector over OTLP/HTTP in JSON: strict where the protocol is. */
export async function startReceiver(): Promise<OtlpReceiver> {
  const requests: ReceivedBatch[] = []
  let behaviour: Behaviour | undefined

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const body = await text(request)
    const flaws = [...flawsOfRequest(request), ...flawsOf(jsonFrom(body))]
    const batch = { at: Date.now(), headers: request.headers, body, flaws, taken: false }
    requests.push(batch)
    if (behaviour === 'silent') return
    const {
      status,
      headers,
      body: said = '{}',
    } = behaviour ?? (flaws.length > 0 ? refusalOf(flaws) : { status: 200 })
    batch.taken = status === 200
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
    response.end(said)
  }

  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    spans: () =>
      requests.filter(({ taken }) => taken).flatMap(({ body }) => spansIn(jsonFrom(body))),
    behave: (next) => {
      behaviour = next
    },
    async stop() {
      await keepProduced('traces', requests.map(({ body }) => body).join('\n'))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function refusalOf(flaws: readonly string[]): Exclude<Behaviour, 'silent'> {
  return { status: 400, body: JSON.stringify({ message: flaws.join('; ') }) }
}

function flawsOfRequest({ method, url, headers }: IncomingMessage): readonly string[] {
  return [
    ...(method === 'POST' ? [] : [`method ${method}`]),
    ...(url === '/v1/traces' ? [] : [`path ${url}`]),
    ...(headers['content-type'] === 'application/json' ? [] : [`type ${headers['content-type']}`]),
  ]
}

function jsonFrom(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
