import { base64From, textFrom } from '../bytes.ts'
import { type Bytes, isFailure, isStatus, type Reply } from '../engine.ts'

export type Encoding = 'plain' | 'base64'

type Json = number | string | null | Json[]

/** One command's answer as the REST protocol words it. */
export function answerFrom(reply: Reply, encoding: Encoding): { result: Json } | { error: string } {
  if (isFailure(reply)) return { error: textFrom(reply.failure) }
  // The clients take a bare OK as it stands and decode every other string.
  const bare = isStatus(reply) ? reply.status : reply
  return { result: bare === 'OK' ? bare : jsonFrom(reply, encoding) }
}

function jsonFrom(reply: Reply, encoding: Encoding): Json {
  if (Array.isArray(reply)) return reply.map((element) => jsonFrom(element, encoding))
  if (typeof reply === 'number' || reply === null) return reply
  if (isFailure(reply)) return encoded(reply.failure, encoding)
  return encoded(isStatus(reply) ? reply.status : reply, encoding)
}

function encoded(bytes: Bytes, encoding: Encoding): string {
  return encoding === 'base64' ? base64From(bytes) : textFrom(bytes)
}
