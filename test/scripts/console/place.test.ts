import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashOf, placeFrom } from '../../../scripts/pages/console/place.ts'
import { subjectFrom } from '../../../scripts/pages/console/subject-name.ts'

describe('where one is on the console', () => {
  it.each([
    ['', { view: 'traffic', span: 'hour' }],
    ['#/traffic/day', { view: 'traffic', span: 'day' }],
    ['#/traffic/century', { view: 'traffic', span: 'hour' }],
    ['#/exchanges', { view: 'exchanges' }],
    ['#/exchanges/req-1%3Aa', { view: 'exchanges', id: 'req-1:a' }],
    ['#/exchanges/%E0%A4', { view: 'exchanges', id: '%E0%A4' }],
    ['#/subjects', { view: 'subjects' }],
    ['#/subjects/aXA6MjAzLjAuMTEzLjc', { view: 'subjects', subject: 'ip:203.0.113.7' }],
    ['#/subjects/~~~', { view: 'subjects' }],
    ['#/audit', { view: 'audit' }],
    ['#/nowhere', { view: 'traffic', span: 'hour' }],
  ])('%s', (hash, place) => {
    expect(placeFrom(hash)).toEqual(place)
  })

  it('is found again, whatever a subject or an id is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const places = [
          { view: 'subjects', subject: text },
          { view: 'exchanges', id: text },
        ] as const
        expect(places.map(hashOf).map(placeFrom)).toEqual(places)
      }),
    )
  })
})

describe('a subject as an operator types it', () => {
  it.each([
    ['203.0.113.7', 'ip:203.0.113.7'],
    [' 2001:db8::1 ', 'ip:2001:db8::1'],
    ['ip:unknown', 'ip:unknown'],
    ['https://login.example.com/|auth0|1', 'user:https://login.example.com/|auth0|1'],
    ['user:https://a/|b', 'user:https://a/|b'],
    ['A'.repeat(64), `key:${'a'.repeat(64)}`],
  ])('%s is %s', (typed, subject) => {
    expect(subjectFrom(typed)).toBe(subject)
  })
})
