import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { outcomeOf } from '../../../scripts/pages/console/asking.ts'
import { isOfTheToken, wordsOf } from '../../../scripts/pages/console/words.ts'

const Figure = v.object({ figure: v.number() })

const refusal = (code: string, more = {}, headers = {}) =>
  outcomeOf(
    false,
    { error: { code, message: 'Message', suggestion: 'Suggestion', ...more } },
    new Headers({ 'X-Correlation-ID': 'req-abcd-1234', ...headers }),
    Figure,
  )

describe('what the console makes of an answer', () => {
  it('takes what it knows of it, and leaves what it does not', () => {
    const headers = new Headers({ 'X-Correlation-ID': 'req-abcd-1234' })

    expect(outcomeOf(true, { figure: 7, more: 'x' }, headers, Figure)).toEqual({
      kind: 'answered',
      value: { figure: 7 },
      correlationId: 'req-abcd-1234',
    })
  })

  it.each([
    ['of another shape', true, { figure: '7' }],
    ['that is nothing', true, null],
    ['of an error that is not the gateway’s', false, { message: 'Bad gateway' }],
  ])('sees that it makes no sense: %s', (_, isGood, body) => {
    expect(outcomeOf(isGood, body, new Headers(), Figure)).toEqual({
      kind: 'lost',
      why: 'garbled',
    })
  })

  it('reads when to come back, and what was wrong', () => {
    const details = { problems: ['one', 2, 'three'] }

    expect(refusal('VALIDATION_ERROR', { details }, { 'Retry-After': '42' })).toMatchObject({
      problems: ['one', 'three'],
      retryAfterSeconds: 42,
      correlationId: 'req-abcd-1234',
    })
    expect(refusal('X', {}, { 'Retry-After': 'Fri, 31 Dec 1999 23:59:59 GMT' })).toMatchObject({
      retryAfterSeconds: undefined,
    })
  })

  it.each([
    ['MISSING_TOKEN', true],
    ['INVALID_TOKEN_FORMAT', true],
    ['INVALID_TOKEN', true],
    ['TOKEN_EXPIRED', true],
    ['AUTH_REQUIRED', true],
    ['ADMIN_REQUIRED', true],
    ['INSUFFICIENT_PERMISSIONS', true],
    ['RATE_LIMIT_EXCEEDED', false],
    ['CACHE_UNAVAILABLE', false],
    ['INTERNAL_ERROR', false],
    ['toString', false],
  ])('asks for another token after %s: %s', (code, isAsked) => {
    const outcome = refusal(code)

    expect(outcome.kind !== 'answered' && isOfTheToken(outcome)).toBe(isAsked)
  })

  it('says what to do in the gateway’s words where it has none of its own', () => {
    const outcome = refusal('TUNNEL_NOT_FOUND')
    const busy = refusal('RATE_LIMIT_EXCEEDED', {}, { 'Retry-After': '30' })

    expect([outcome, busy].map((one) => one.kind === 'refused' && wordsOf(one))).toEqual([
      { title: 'Message', text: 'Suggestion.' },
      { title: 'Message', text: 'Again in 30 seconds.' },
    ])
  })
})
