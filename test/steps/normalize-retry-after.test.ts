import { describe, expect, it } from 'vitest'
import { seenOf } from './normalize-support.ts'

const waitOf = async (header: string | undefined, body: unknown, status = 429) => {
  const answer = await seenOf(
    status,
    body,
    {},
    header === undefined ? {} : { 'Retry-After': header },
  )
  return [answer.error.details?.retryAfter, answer.headers.get('Retry-After')]
}

describe("the upstream's Retry-After", () => {
  it.each([
    ['seconds', '40', 40],
    ['nothing to wait for', '0', 0],
    ['a fraction, rounded up', '1.2', 2],
    ['more than 30 days', '99999999999', 2592000],
    ['a date', 'Sat, 21 Nov 2026 12:01:30 GMT', 90],
    ['a date of the second form', 'Saturday, 21-Nov-26 12:01:30 GMT', 90],
    ['a date of the third form', 'Sat Nov 21 12:01:30 2026', 90],
    ['a date gone by', 'Sat, 21 Nov 2020 12:01:30 GMT', 0],
    ['a date years away', 'Thu, 21 Nov 2030 12:01:30 GMT', 2592000],
  ])('is kept: %s', async (_, header, seconds) => {
    expect(await waitOf(header, {})).toEqual([seconds, String(seconds)])
    expect(await waitOf(header, {}, 503)).toEqual([seconds, String(seconds)])
  })

  it.each([
    '-1',
    'in 5 minutes',
    '5 minutes',
    '10, 20',
    'Sat, 99 Nov',
    'Sat, 99 Nov 2026 12:01:30 GMT',
    '1e3',
    '',
    '0x10',
  ])('gives way to the body where it is "%s"', async (header) => {
    expect(await waitOf(header, { retryAfter: 7 })).toEqual([7, '7'])
  })

  it.each([
    ['at the top', { retryAfter: 61 }],
    ['as text', { retryAfter: '61' }],
    ['in the error', { error: { retryAfter: 61 } }],
    ['in the details', { details: { retryAfter: 61 } }],
    ["in the error's details", { error: { details: { retryAfter: 60.01 } } }],
  ])('is else read from the body, %s', async (_, body) => {
    expect(await waitOf(undefined, body)).toEqual([61, '61'])
  })

  it.each([[{ retryAfter: -1 }], [{ retryAfter: true }], [{ retryAfter: 'soon' }], [{}], [[]]])(
    'is our own guess where %j says nothing',
    async (body) => {
      expect(await waitOf(undefined, body)).toEqual([5, '5'])
    },
  )

  it('is not repeated on an answer that promises nothing', async () => {
    expect(await waitOf('40', {}, 500)).toEqual([undefined, null])
    expect(await waitOf('40', {}, 400)).toEqual([undefined, null])
  })
})
