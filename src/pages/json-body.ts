import { allow, type Decision, deny } from '../contract/decision.ts'
import { jsonFrom } from '../policy/bodies/json-text.ts'
import { repeatedMembers } from '../policy/bodies/repeated-members.ts'

export type JsonBodyCode = 'VALIDATION_ERROR' | 'INVALID_JSON'

// RFC 8259: JSON is UTF-8. A browser sends no such type across origins without asking first.
const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i

/** What a body spells, and the members that it names more than once. */
export interface SpelledOut {
  readonly value: unknown
  readonly repeated: readonly string[]
}

/** A request body as the value it spells; what it means is for others to judge. */
export async function jsonBodyOf(
  { headers, body }: Pick<Request, 'headers' | 'body'>,
  maxBytes: number,
): Promise<Decision<SpelledOut, JsonBodyCode>> {
  if (!isJson(headers)) return deny('VALIDATION_ERROR', NOT_JSON)
  const bytes = await bytesOf(body, maxBytes)
  if (!bytes) return deny('VALIDATION_ERROR', tooLarge(maxBytes))
  const value = parsed(bytes)
  if (!value.allowed) return value
  return allow({ value: value.value, repeated: repeatedMembers(new TextDecoder().decode(bytes)) })
}

/** The same where there need not be any: an empty one is undefined, and has no type or JSON's. */
export async function jsonBodyIfAny(
  { headers, body }: Pick<Request, 'headers' | 'body'>,
  maxBytes: number,
): Promise<Decision<unknown, JsonBodyCode>> {
  if (headers.has('Content-Type') && !isJson(headers)) return deny('VALIDATION_ERROR', NOT_JSON)
  const bytes = await bytesOf(body, maxBytes)
  if (!bytes) return deny('VALIDATION_ERROR', tooLarge(maxBytes))
  if (bytes.byteLength === 0) return allow(undefined)
  return isJson(headers) ? parsed(bytes) : deny('VALIDATION_ERROR', NOT_JSON)
}

const NOT_JSON = { reason: 'The body must be application/json' }

function tooLarge(maxBytes: number) {
  return { reason: 'The request body is too large', maxBytes }
}

function isJson(headers: Headers): boolean {
  return JSON_TYPE.test(headers.get('Content-Type')?.trim() ?? '')
}

function parsed(bytes: Uint8Array): Decision<unknown, 'INVALID_JSON'> {
  const outcome = jsonFrom(bytes)
  return outcome.valid ? allow(outcome.value) : deny('INVALID_JSON', { ...outcome.fault })
}

/** Undefined: more than `maxBytes`. The announced length is not asked: there may be none. */
async function bytesOf(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(maxBytes)
  let length = 0
  for await (const chunk of body ?? []) {
    if (length + chunk.byteLength > maxBytes) return undefined
    bytes.set(chunk, length)
    length += chunk.byteLength
  }
  return bytes.subarray(0, length)
}
