import type { Router } from 'hono/router'

/** The frame and the journey are for every request: which route it is is asked inside, by rows of our own. */
export class EveryPath<T> implements Router<T> {
  readonly name = 'EveryPath'
  readonly #handlers: [T, Record<string, string>][] = []

  add(_method: string, _path: string, handler: T): void {
    this.#handlers.push([handler, {}])
  }

  match(): [[T, Record<string, string>][]] {
    return [this.#handlers]
  }
}
