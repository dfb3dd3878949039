/** JSON (RFC 8259) as the value it spells, or the place where it stops being JSON. */
export type JsonOutcome =
  | { readonly valid: true; readonly value: unknown }
  | { readonly valid: false; readonly fault: JsonFault }

/** The text itself is not quoted: it may be a secret. */
export interface JsonFault {
  readonly reason: string
  /** How many characters stand before it. */
  readonly position: number
  /** From 1, as editors count. */
  readonly line: number
  readonly column: number
}

export function jsonFrom(bytes: Uint8Array): JsonOutcome {
  const text = textFrom(bytes)
  if (text === undefined) {
    const sound = soundTextOf(bytes)
    return { valid: false, fault: faultAt(sound, sound.length, 'The text is not UTF-8') }
  }
  try {
    return { valid: true, value: JSON.parse(text) }
  } catch {
    const position = whereJsonEnds(text)
    const reason =
      position < text.length ? 'Something else was expected here' : 'The text ends too early'
    return { valid: false, fault: faultAt(text, position, reason) }
  }
}

/** Without a byte order mark, which RFC 8259 lets a reader ignore. */
function textFrom(bytes: Uint8Array, stream = false): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes, { stream })
  } catch {
    return undefined
  }
}

/** What stands before the first byte that is not UTF-8. */
function soundTextOf(bytes: Uint8Array): string {
  let sound = 0
  let broken = bytes.length + 1
  while (broken - sound > 1) {
    const middle = (sound + broken) >> 1
    if (textFrom(bytes.subarray(0, middle), true) === undefined) broken = middle
    else sound = middle
  }
  return textFrom(bytes.subarray(0, sound), true) ?? ''
}

function faultAt(text: string, position: number, reason: string): JsonFault {
  const lines = text.slice(0, position).split(/\r\n|\r|\n/)
  return { reason, position, line: lines.length, column: (lines.at(-1) ?? '').length + 1 }
}

const SPACE = /[ \t\n\r]*/y
const OPENING = /[[{]/y
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
/** All of a string but its closing quote: anything from the space on, less quote and backslash. */
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y

/**
 * The engine's own messages give a place for some mistakes only, and quote the text for others. So a text that it has
 * refused is read again, as far as it is JSON.
 */
function whereJsonEnds(text: string): number {
  const open: string[] = []
  let at = 0

  function passes(pattern: RegExp): boolean {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }
  function takes(char: string): boolean {
    if (text[at] !== char) return false
    at += 1
    return true
  }
  const passesString = () => passes(STRING) && takes('"')
  const passesKey = () => {
    if (!passesString()) return false
    passes(SPACE)
    return takes(':') && passes(SPACE)
  }
  /** After a value: brackets that close, then the comma before the next one. */
  function goesOn(): boolean {
    for (;;) {
      passes(SPACE)
      const innermost = open.at(-1)
      if (innermost === undefined) return false
      if (takes(innermost)) open.pop()
      else if (takes(',')) return passes(SPACE) && (innermost === ']' || passesKey())
      else return false
    }
  }

  passes(SPACE)
  for (;;) {
    if (passes(OPENING)) {
      const closing = text[at - 1] === '[' ? ']' : '}'
      passes(SPACE)
      if (text[at] !== closing) {
        open.push(closing)
        if (closing === '}' && !passesKey()) return at
        continue
      }
      at += 1
    } else if (!passes(SCALAR) && !passesString()) return at
    if (!goesOn()) return at
  }
}
