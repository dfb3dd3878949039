/** Bytes as a string, one character (0–255) a byte: it keys a Map, and no byte is lost. */
export type Bytes = string

export type Command = readonly Bytes[]

/** A bulk string is `Bytes` itself; a status and an error say which they are. */
export type Reply = number | Bytes | null | Status | Failure | Reply[]

export interface Status {
  readonly status: Bytes
}

export interface Failure {
  readonly failure: Bytes
}

/** What stands behind the bridge: a Redis, or the embedded store. */
export interface Engine {
  readonly kind: string
  /** Commands in order, a reply for each; throws `Unreachable` when nothing answers. */
  run(commands: readonly Command[]): Promise<Reply[]>
  /** All or none of them, nothing in between; one failure when the whole is discarded. */
  transact(commands: readonly Command[]): Promise<Reply[] | Failure>
  stop(): Promise<void>
}

export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

export const OK: Status = { status: 'OK' }

export function failure(text: Bytes): Failure {
  return { failure: text }
}

export function isFailure(reply: Reply): reply is Failure {
  return typeof reply === 'object' && reply !== null && 'failure' in reply
}

export function isStatus(reply: Reply): reply is Status {
  return typeof reply === 'object' && reply !== null && 'status' in reply
}
