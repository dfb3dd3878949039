/** A token, or who knows it: asked before every try. */
export type TokenSource = string | (() => string | undefined | Promise<string | undefined>)

export interface Reading {
  /** What its owner gave. */
  readonly given: string | undefined
  /** What it has become. */
  readonly token: string | undefined
}

export interface HeldToken {
  read(): Promise<Reading>
  replace(reading: Reading, by: string): void
}

/** Stands in for what its owner gave until the owner gives something else. */
export function holdToken(source: TokenSource | undefined): HeldToken {
  let replaced: Reading | undefined
  return {
    async read() {
      const given = typeof source === 'function' ? await source() : source
      return given === replaced?.given && replaced ? replaced : { given, token: given }
    },
    replace({ given }, by) {
      replaced = { given, token: by }
    },
  }
}
