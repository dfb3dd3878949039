import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { repeatedMembers } from '../../../src/policy/bodies/repeated-members.ts'

describe('members that a JSON text names twice', () => {
  it.each([
    ['{"a":1,"a":2}', ['a']],
    ['{"a":1,"\\u0061":2}', ['a']],
    ['{"a":1 , "b":2,"a" \n : 3,"a":4}', ['a']],
    ['{"a":{"b":1,"c":{"d":1,"d":2}},"e":1}', ['a.c.d']],
    ['{"a":{"b":1},"a":{"b":1}}', ['a']],
    ['[{"a":1},{"a":1,"a":2}]', ['a']],
    ['{"__proto__":1,"__proto__":2}', ['__proto__']],
    ['{"a":{"x":1,"x":1},"b":{"x":1,"x":1}}', ['a.x', 'b.x']],
  ])('are found in %s', (json, names) => {
    expect(repeatedMembers(json)).toEqual(names)
  })

  it.each([
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":"a"}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a":"\\\\","b":"\\"a\\":"}',
    '{"a":["a","a"],"b":"\\\\\\"a"}',
    '"a"',
    'null',
  ])('are not seen in %s', (json) => {
    expect(repeatedMembers(json)).toEqual([])
  })

  it('are none of whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 2), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), undefined, indent)

        expect(repeatedMembers(text)).toEqual([])
      }),
    )
  })

  it('are found wherever one is written again', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 })
    fc.assert(
      fc.property(object, fc.jsonValue({ maxDepth: 2 }), fc.nat(), (known, value, which) => {
        const names = Object.keys(known)
        const name = names[which % names.length] ?? ''
        const again = `${JSON.stringify(name)}:${JSON.stringify(value)}`
        const json = `${JSON.stringify(known).slice(0, -1)},${again}}`

        expect(repeatedMembers(json)).toEqual([name])
      }),
    )
  })
})
