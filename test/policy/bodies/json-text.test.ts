import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonFrom } from '../../../src/policy/bodies/json-text.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

function faultOf(bytes: Uint8Array) {
  const outcome = jsonFrom(bytes)
  return outcome.valid ? undefined : outcome.fault
}

/** The place is marked with a ^ in the text. */
const BROKEN = [
  ['nothing', '^'],
  ['spaces alone', ' \n ^'],
  ['a bare word', '^hello'],
  ['a half word', '[^tru]'],
  ['a word too long', '[true^x]'],
  ['two values', '{} ^{}'],
  ['an open object', '{"a": 1^'],
  ['an open list', '[1, 2^'],
  ['a bracket too many', '[1]^]'],
  ['the wrong bracket', '{"a": [1^}'],
  ['a comma at the end of an object', '{"a": 1, ^}'],
  ['a comma at the end of a list', '[1, ^]'],
  ['a comma at the beginning', '[^,1]'],
  ['no comma', '["a" ^"b"]'],
  ['no colon', '{"a" ^1}'],
  ['no value', '{"a": ^}'],
  ['a bare key', '{^a: 1}'],
  ['single quotes', "{^'a': 1}"],
  ['an open string', '["abc^'],
  ['a raw line break in a string', '["ab^\ncd"]'],
  ['an unknown escape', '["ab^\\x41"]'],
  ['a short \\u', '["ab^\\u12"]'],
  ['a leading zero', '[0^1]'],
  ['a leading plus', '[^+1]'],
  ['a lone minus', '[^-]'],
  ['a point without digits', '[1^.]'],
  ['an exponent without digits', '[1^e]'],
  ['NaN', '[^NaN]'],
  ['a comment', '[1 ^/* one */]'],
  ['a form feed between values', '[1,^\f2]'],
] as const

describe('JSON', () => {
  it.each(BROKEN)('stops at %s: %s', (_, marked) => {
    const position = marked.indexOf('^')

    expect(faultOf(bytesOf(marked.replace('^', '')))).toMatchObject({ position })
  })

  it.each([
    ['{"a": 1,\n "b" 2}', { position: 14, line: 2, column: 6 }],
    ['[\r\n1,\r\n2,,]', { position: 9, line: 3, column: 3 }],
    ['x', { position: 0, line: 1, column: 1 }],
    ['"é" x', { position: 4, line: 1, column: 5 }],
  ])('names line and column as an editor does: %j', (text, place) => {
    expect(faultOf(bytesOf(text))).toMatchObject(place)
  })

  it.each([
    ['{"a": 1', 'The text ends too early'],
    ['{"password": "hunter2" oops}', 'Something else was expected here'],
  ])('says what is wrong without quoting the text: %s', (text, reason) => {
    expect(faultOf(bytesOf(text))).toMatchObject({ reason })
    expect(JSON.stringify(faultOf(bytesOf(text)))).not.toContain('hunter2')
  })

  it.each([
    ['Latin-1', [0x22, 0x63, 0x61, 0x66, 0xe9, 0x22], 4],
    ['a cut character', [0x22, 0xc3, 0x22], 1],
    ['an overlong slash', [0x22, 0x61, 0xc0, 0xaf, 0x22], 2],
    ['a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22], 1],
    ['a cut at the very end', [0x22, 0x61, 0xe2, 0x82], 2],
    ['UTF-16', [0xff, 0xfe, 0x22, 0x00], 0],
  ])('is UTF-8: %s', (_, bytes, position) => {
    expect(faultOf(Uint8Array.from(bytes))).toEqual({
      reason: 'The text is not UTF-8',
      position,
      line: 1,
      column: position + 1,
    })
  })

  it('may begin with a byte order mark', () => {
    expect(jsonFrom(bytesOf('\ufeff{"a":1}'))).toEqual({ valid: true, value: { a: 1 } })
  })

  it('nested as deep as 64 KiB allow is read, and broken, located', () => {
    const deep = '['.repeat(32_000)

    expect(jsonFrom(bytesOf(deep + ']'.repeat(32_000))).valid).toBe(true)
    expect(faultOf(bytesOf(deep))).toMatchObject({ position: 32_000 })
    expect(faultOf(bytesOf(`["${'a'.repeat(65_000)}`))).toMatchObject({ position: 65_002 })
  })

  it('of any value is that value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = JSON.stringify(value)
        expect(jsonFrom(bytesOf(text))).toEqual({ valid: true, value: JSON.parse(text) })
      }),
    )
  })

  it('cut, or changed in one place, is refused exactly when JSON.parse refuses it, at or before the change', () => {
    const changed = fc
      .record({
        value: fc.jsonValue(),
        indent: fc.constantFrom(0, 1),
        at: fc.nat(),
        cut: fc.nat({ max: 3 }),
        put: fc.constantFrom('', ',', '"', '}', ']', '{', '[', ':', '\\', '0', '-', 'e', ' ', '\n'),
      })
      .map(({ value, indent, at, cut, put }) => {
        const text = JSON.stringify(value, undefined, indent)
        const start = at % (text.length + 1)
        return text.slice(0, start) + put + text.slice(start + cut)
      })
    fc.assert(
      fc.property(changed, (text) => {
        const fault = faultOf(bytesOf(text))
        expect(fault === undefined).toBe(parses(text))
        // What stands before the place is the beginning of some JSON text, what follows is not.
        expect(fault ? isBeginning(text.slice(0, fault.position)) : true).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const CLOSERS = ['', '"', '0', 'null', '":0', ':0', '"":0', 'u0000"', '0000"', '000"', '00"', '0"']

/** Whether some ending makes it JSON: the engine itself is asked, with the brackets that are open closed. */
function isBeginning(text: string): boolean {
  const open = bracketsOpenIn(text)
  return CLOSERS.some((closer) => parses(text + closer + open))
}

function bracketsOpenIn(text: string): string {
  const outside = text.replace(/"(?:[^"\\]|\\.)*(?:"|$)/gs, '')
  const open: string[] = []
  for (const char of outside) {
    if (char === '[') open.unshift(']')
    else if (char === '{') open.unshift('}')
    else if (char === ']' || char === '}') open.shift()
  }
  return open.join('')
}
