import { allow, type Decision, deny } from '../contract/decision.ts'
import { type BodyRule, MOST_JUDGED_BYTES } from '../policy/bodies/body-rule.ts'
import { faultsInParameters } from '../policy/parameters.ts'
import type { Route } from '../policy/route.ts'
import type { Ports } from '../ports.ts'
import { type Content, contentOf } from './content.ts'
import { asIs, type Body, BROKEN_OFF, counted, passing, tooLarge } from './counted.ts'
import { gather, gatherWhole } from './gather.ts'
import { type JudgedCode, judgeBody } from './judge-body.ts'
import { verdictOn } from './refusal.ts'

export interface BodyLimits {
  readonly maxBytes: number
  /** For a body that is judged to come in. */
  readonly timeoutMs: number
}

type Sent = Pick<Request, 'method' | 'headers' | 'body'>

/** Room for it is made before it comes: thousands of slow clients must not ask for much. */
const MOST_AT_ONCE_BYTES = 16 * 1024

const CARRIES_CONTENT = /^(?:POST|PUT|PATCH|DELETE)$/

/** Holds a request to what its route asks of ids, page numbers and body, and any body to its size. */
export async function validate(
  request: Sent,
  url: URL,
  { path, parameters, body: rule }: Pick<Route, 'path' | 'parameters' | 'body'>,
  limits: BodyLimits,
  ports: Pick<Ports, 'after'>,
): Promise<Decision<Body, JudgedCode>> {
  const named = verdictOn(parameters ? faultsInParameters(path, url) : [])
  if (!named.allowed) return named

  const { method, headers, body } = request
  const length = headers.get('Content-Length')
  if (Number(length) > limits.maxBytes) return tooLarge(limits.maxBytes)
  // RFC 9110, section 9.3.1: content in a GET means nothing, and an unannounced one could be endless.
  if ((method === 'GET' || method === 'HEAD') && length === null) return allow(asIs(null))
  if (!rule || !CARRIES_CONTENT.test(method)) return allow(passing(request, limits.maxBytes))

  if (body === null || length === '0') return judgeNothing(request, rule)
  const content = contentOf(method, headers)
  if (!content.allowed) return content
  return isRead(content.value, rule) && Number(length) <= MOST_JUDGED_BYTES
    ? judge(body, Number(length), content.value, rule, limits, ports)
    : allow(passing(request, limits.maxBytes))
}

/** A route that asks for fields misses them all; what else an empty body may mean is the upstream's to say. */
async function judgeNothing(
  { method, body }: Sent,
  rule: BodyRule,
): Promise<Decision<Body, JudgedCode>> {
  const plain: Content = { type: 'json', encoding: 'identity' }
  const verdict = method === 'DELETE' ? allow() : await judgeBody(new Uint8Array(), plain, rule)
  return verdict.allowed ? allow(asIs(body)) : verdict
}

function tooSlow(timeoutMs: number) {
  return deny('VALIDATION_ERROR', { reason: 'The request body came too slowly', timeoutMs })
}

/** A form has no syntax to break, only fields. */
function isRead({ type }: Content, rule: BodyRule): boolean {
  return type === 'json' || (type === 'form' && rule !== 'json')
}

/** `length` is 0 where it was not told. */
async function judge(
  body: ReadableStream<Uint8Array>,
  length: number,
  content: Content,
  rule: BodyRule,
  { maxBytes, timeoutMs }: BodyLimits,
  { after }: Pick<Ports, 'after'>,
): Promise<Decision<Body, JudgedCode>> {
  const late = Promise.withResolvers<void>()
  const callOff = after(timeoutMs, late.resolve)
  const gathered = await (length > 0 && length <= MOST_AT_ONCE_BYTES
    ? gatherWhole(body, length, late.promise)
    : gather(body, MOST_JUDGED_BYTES, late.promise))
  callOff()
  switch (gathered.kind) {
    case 'late':
      return { ...tooSlow(timeoutMs), cause: 'body late' }
    case 'broken':
      return BROKEN_OFF
    case 'longer':
      return gathered.length > maxBytes
        ? tooLarge(maxBytes)
        : allow(counted(gathered.read, body, maxBytes))
    case 'whole': {
      const { bytes } = gathered
      if (bytes.byteLength > maxBytes) return tooLarge(maxBytes)
      const verdict = await judgeBody(bytes, content, rule)
      return verdict.allowed ? allow(asIs(bytes)) : verdict
    }
  }
}
