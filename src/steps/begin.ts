import type { ErrorCode } from '../contract/catalogue.ts'
import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Exchange } from '../exchange.ts'
import type { Ports } from '../ports.ts'
import { joined } from './joined.ts'
import { IDLE_MS, pump } from './pump.ts'
import { Source } from './source.ts'
import type { StreamEnd } from './stream-end.ts'
import { codeWithout } from './upstream-code.ts'

/** JSON up to here is passed on when all of it has come. */
const MAX_HELD_BYTES = 64 * 1024

export interface StreamTimes {
  /** The longest that a header waits for its body. */
  readonly heldMs: number
  /** The longest that a stream may stand still. */
  readonly idleMs: number
}

const TIMES: StreamTimes = { heldMs: 1_000, idleMs: IDLE_MS }

/**
 * Half a body must not look like a whole one. One with a Content-Length cannot: it stays on the runtime's own pipe. Of
 * any other the beginning is awaited, of JSON the end, and what breaks until then is an error like others; what breaks
 * later is broken off and logged. Compressed bodies are passed unseen: to look at them would be to decompress them.
 */
export async function begin(
  response: Response,
  { method, signal }: Request,
  exchange: Exchange,
  timeLeftMs: number,
  ports: Pick<Ports, 'log' | 'now' | 'background'>,
  times: StreamTimes = TIMES,
): Promise<Decision<Response>> {
  const { body, headers } = response
  const seen = body && method !== 'HEAD' && !headers.has('Content-Encoding')
  if (!seen || headers.has('Content-Length')) return allow(response)

  const source = new Source(body)
  const held: Uint8Array[] = []
  const enough = bytesToHold(headers.get('Content-Type') ?? '')
  const mostMs = Math.max(0, Math.min(times.heldMs, timeLeftMs))
  const state = enough === 0 ? 'begun' : await hold(source, held, enough, mostMs)
  if (state === 'cut') return { ...deny(codeOfCut(method, exchange)), cause: 'upstream cut' }
  if (state === 'whole') return allow(new Response(joined(held), response))

  const { readable, ended } = pump(source, held, { ...times, now: ports.now, signal })
  exchange.streamed = ended
  ports.background(ended.then((end) => report(end, method, exchange, ports)))
  return allow(new Response(readable, response))
}

/** How much of a body must have come before its header goes. */
function bytesToHold(contentType: string): number {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  // Its client acts on the header alone: the first event may be minutes away.
  if (type === 'text/event-stream') return 0
  // The last is a stream of lines.
  const isJson = /^application\/(?:.+\+)?json$/.test(type) && type !== 'application/stream+json'
  return isJson ? MAX_HELD_BYTES + 1 : 1
}

async function hold(
  source: Source,
  held: Uint8Array[],
  enough: number,
  heldMs: number,
): Promise<'whole' | 'begun' | 'cut'> {
  let timer: number | null = null
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, heldMs, undefined)
  })
  try {
    for (let size = 0; size < enough; ) {
      const chunk = await Promise.race([source.read(), late])
      if (!chunk) return 'begun'
      if (chunk.done) return 'whole'
      held.push(chunk.value)
      size += chunk.value.byteLength
    }
    return 'begun'
  } catch {
    // The read of a body that breaks off rejects.
    return 'cut'
  } finally {
    clearTimeout(timer)
  }
}

function codeOfCut(method: string, { route }: Exchange): ErrorCode {
  return codeWithout('lost', { method, credential: route?.credential })
}

const CAUSES: Readonly<Partial<Record<StreamEnd, string>>> = {
  cut: 'upstream cut',
  silent: 'upstream silent',
  stalled: 'client stalled',
}

/** The header had gone: only the log can still tell. */
function report(
  end: StreamEnd,
  method: string,
  exchange: Exchange,
  { log, now }: Pick<Ports, 'log' | 'now'>,
): void {
  const cause = CAUSES[end]
  if (!cause) return
  log.write({
    event: 'stream.broken',
    correlationId: exchange.correlationId,
    route: exchange.route?.path,
    code: end === 'stalled' ? undefined : codeOfCut(method, exchange),
    cause,
    durationMs: now() - exchange.startedAt,
  })
}
