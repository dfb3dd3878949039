import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { repeatsMember } from '../../src/steps/json-members.ts'

const name = fc.oneof(
  fc.constantFrom('sub', 'exp', '', '__proto__', 'a":{', '\\', '"', '}'),
  fc.string(),
)
const members = fc.array(fc.tuple(name, fc.jsonValue()), { maxLength: 6 })
const space = fc.constantFrom('', ' ', '\n\t')

/** JSON with every character of a name written as an escape, where wanted. */
function written(text: string, escaped: boolean): string {
  const asEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return escaped ? `"${text.split('').map(asEscape).join('')}"` : JSON.stringify(text)
}

describe('the text of a JSON object', () => {
  it('repeats a member where two of its own have one name, however written and wherever else', () => {
    fc.assert(
      fc.property(members, space, fc.infiniteStream(fc.boolean()), (list, gap, escapes) => {
        const each = list.map(([key, value]) => {
          const { value: escaped } = escapes.next()
          return `${gap}${written(key, escaped)}${gap}:${JSON.stringify(value)}${gap}`
        })
        const json = `{${each.join(',')}}`
        const names = list.map(([key]) => key)

        expect(repeatsMember(json, JSON.parse(json))).toBe(new Set(names).size < names.length)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['{"a":1,"a":1}', true],
    ['{"a":1,"\\u0061":2}', true],
    ['{"__proto__":1,"__proto__":2}', true],
    ['{"a":{"b":1,"b":2}}', false],
    ['[{"a":1},{"a":1}]', false],
    ['{"a":"\\"a\\":1","b":"{\\"a\\":"}', false],
  ])('%s: %s', (json, repeats) => {
    expect(repeatsMember(json, JSON.parse(json))).toBe(repeats)
  })
})
