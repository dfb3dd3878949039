import { repeated, type WireRequest } from './wire-request.ts'

/** Requests to be sent round and round, or some of those that may be sent once. */
export interface Source {
  readonly once: boolean
  take(count: number): readonly WireRequest[]
  readonly all: readonly WireRequest[]
}

export function sourceOf(all: readonly WireRequest[], once = false): Source {
  let at = 0
  return {
    once,
    all,
    take(count) {
      if (!once) return repeated(all, count)
      at += count
      return all.slice(at - count, at)
    },
  }
}
