import { describe, expect, it } from 'vitest'
import { anomalyWords, openOnes } from '../../../scripts/pages/console/anomalies.ts'
import type { Events, Settings } from '../../../scripts/pages/console/answers.ts'
import { changeWords } from '../../../scripts/pages/console/audit-list.ts'
import { factsOf } from '../../../scripts/pages/console/facts.ts'
import { mostOf } from '../../../scripts/pages/console/subject-usage.ts'
import {
  isWindow,
  limitWords,
  routeWords,
  subjectWords,
} from '../../../scripts/pages/console/words.ts'

describe('anomalies', () => {
  const event = (kind: 'began' | 'ended', series: string, route: string): Events[number] => ({
    time: '2026-11-22T12:00:00Z',
    kind: `anomaly.${kind}`,
    series,
    of: { route },
    usual: { low: 0, high: 0.006 },
    now: 0.058,
    since: undefined,
    ending: undefined,
  })

  it('are open where the newest word is that they began', () => {
    const again = event('began', 'errors', '/a')
    const other = event('began', 'latency', '/a')
    const events = [
      again,
      event('ended', 'errors', '/b'),
      event('ended', 'errors', '/a'),
      other,
      event('began', 'errors', '/a'),
      event('began', 'errors', '/b'),
    ]

    expect(openOnes(events)).toEqual([again, other])
  })

  it.each([
    ['errors', 'Share of errors of /a: 5.8 %, usually 0 % to 0.6 %'],
    ['latency', 'Latency of /a: < 1 ms, usually 0 ms to < 1 ms'],
  ])('are told in the unit of their series: %s', (series, words) => {
    expect(anomalyWords(event('began', series, '/a'))).toBe(words)
  })
})

describe('an anomaly of all requests, which ended as it had become usual', () => {
  it('is told as that', () => {
    const words = anomalyWords({
      time: '2026-11-22T12:00:00Z',
      kind: 'anomaly.ended',
      series: 'errors',
      of: { route: '*' },
      usual: { low: 0, high: 0.01 },
      now: 0.02,
      since: undefined,
      ending: 'adapted',
    })

    expect(words).toBe(
      'Share of errors of all requests: 2 %, usually 0 % to 1 %; that is usual now',
    )
  })
})

describe('names', () => {
  it.each([
    ['ip:60', 'Address per minute'],
    ['user:2592000', 'User per 30 days'],
    ['bridgePoll:60', 'bridgePoll per minute'],
    ['900', 'per 15 minutes'],
    ['key:3600', 'API key per hour'],
    ['user:concurrency', 'User, requests in flight'],
    ['ip:block', 'Address, blocked by an operator'],
  ])('of limits: %s', (name, words) => {
    expect(limitWords(name)).toBe(words)
  })

  it.each([
    ['user:60', true],
    ['bridgePoll:60', true],
    ['user:concurrency', false],
    ['ip:block', false],
  ])(
    'tell a window, whose admitted requests are counted, from what only refuses: %s',
    (name, is) => {
      expect(isWindow(name)).toBe(is)
    },
  )

  it.each([
    ['ip:2001:db8::/64', 'Address', '2001:db8::/64'],
    ['user:https://a.example/|auth0|1', 'User', 'auth0|1'],
    [`key:${'ab'.repeat(32)}`, 'API key', 'abababababab…'],
  ])('of subjects: %s', (subject, kind, name) => {
    expect(subjectWords(subject)).toEqual({ kind, name })
  })
})

describe('requests that no row of the table fits', () => {
  it('are told in words', () => {
    expect(routeWords('-')).toBe('requests without a route')
    expect(routeWords('/tunnels/*')).toBe('/tunnels/*')
  })
})

describe('a change in the trail', () => {
  it.each([
    [
      { limits: { 60: 5, 3600: null } },
      ['limit 5 per minute', 'limit per hour as the tier has it'],
    ],
    [{ blockedUntil: null }, ['let in again']],
    [{ blockedUntil: '2020-01-02T03:04:05.000Z' }, [expect.stringMatching(/^blocked until 2 Jan/)]],
    [{ exemptUntil: null, reset: true }, ['exemption ended', 'counts reset']],
    [{ revokeToken: { id: 'j:1', expiresAt: 'x' } }, ['token j:1 revoked']],
    [{ notBefore: null }, ['tokens pardoned']],
    [{ unheardOf: { a: 1 } }, ['unheardOf: {"a":1}']],
  ])('%j', (change, words) => {
    expect(changeWords(change)).toEqual(words)
  })
})

describe('facts of an explanation', () => {
  it('are told however deep they lie, and not where there are none', () => {
    const fields = { limit: 100, address: { windowSeconds: 60 }, cause: null, fields: ['a', 'b'] }

    expect(factsOf(fields)).toEqual([
      ['limit', '100'],
      ['address: window seconds', '60'],
      ['fields', 'a, b'],
    ])
  })
})

describe('how much of a window a subject may use', () => {
  const line = (of: 'ip' | 'user' | 'caller', window: string, limit: number, tier?: string) => ({
    name: `${of}:${window}`,
    of,
    window,
    seconds: 60,
    limit,
    shadow: false,
    tier,
  })
  const settings: Settings = {
    environment: 'local',
    limits: [
      line('ip', '60', 1_000),
      line('user', '60', 100, 'free'),
      line('user', '60', 500, 'premium'),
      line('caller', 'bridgePoll:60', 30),
    ],
  }

  it.each([
    ['an address', 'ip:192.0.2.1', '60', [{ most: 1_000, whose: '' }]],
    [
      'a user, whose tier the gateway learns from tokens alone',
      'user:a|b',
      '60',
      [
        { most: 100, whose: 'free' },
        { most: 500, whose: 'premium' },
      ],
    ],
    ['a route’s own limit', 'user:a|b', 'bridgePoll:60', [{ most: 30, whose: '' }]],
    ['what nobody knows', 'key:c', '7', []],
  ])('%s', (_, subject, id, limits) => {
    expect(mostOf(id, { subject, limits: {} }, settings)).toEqual(limits)
  })

  it('is what was set for it alone, where something was', () => {
    expect(mostOf('60', { subject: 'user:a|b', limits: { 60: 5 } }, settings)).toEqual([
      { most: 5, whose: 'its own' },
    ])
  })
})
