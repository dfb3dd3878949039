/** A week: an issuer that is away for longer is believed to be gone, and its keys with it. */
export const MAX_AGE_SECONDS = 7 * 24 * 60 * 60

/** A layer outside the isolate where copies of key sets lie, as texts under the names of what they are copies of. */
export interface KeyCopies {
  readonly layer: 'cache' | 'store'
  /** Undefined: there is none, or the layer is away. Throws a KeysFault when what lies there is not ours. */
  read(name: string): Promise<string | undefined>
  /** Never rejects; what could not be written is not there. */
  write(name: string, text: string): Promise<void>
}
