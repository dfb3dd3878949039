import { describe, expect, it } from 'vitest'
import { passedOn } from '../../src/policy/web-sockets.ts'

const GONE = { code: 1011, reason: 'gone' }

/** RFC 6455, section 7.4, with what was registered since (1012 to 1014). */
describe('a close code of one side', () => {
  it.each([
    1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
  ])('is told to the other: %i', (code) => {
    expect(passedOn({ code, reason: 'said' }, GONE)).toEqual({ code, reason: 'said' })
  })

  it('that was not there is not there for the other', () => {
    expect(passedOn({ code: 1005, reason: '' }, GONE)).toEqual({ reason: '' })
  })

  it.each([0, 999, 1004, 1006, 1015, 1016, 1999, 2000, 2999, 5000, 65_535])(
    'that nobody may send becomes one that says what happened: %i',
    (code) => {
      expect(passedOn({ code, reason: 'Network connection lost' }, GONE)).toEqual(GONE)
    },
  )
})
