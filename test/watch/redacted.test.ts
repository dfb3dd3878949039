import { describe, expect, it } from 'vitest'
import { redacted } from '../../src/watch/redacted.ts'

const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl'

describe('the text of a fault', () => {
  it.each([
    ['a token', `refused ${TOKEN} by`, 'refused [redacted] by'],
    ['an API key', 'refused ctll_0123456789 by', 'refused [redacted] by'],
    ['credentials', 'sent Authorization: Bearer abc', 'sent Authorization: [redacted]'],
    [
      'a value in JSON',
      '{"clientSecret": "s3cr3t", "n": 1}',
      '{"clientSecret": "[redacted]", "n": 1}',
    ],
    ['a value in escaped JSON', '{\\"token\\":\\"abc\\"}', '{\\"token\\":\\"[redacted]\\"}'],
    ['a value in a form', 'grant=x&refresh_token=abc&y=1', 'grant=x&refresh_token=[redacted]&y=1'],
    ['a setting', 'PGPASSWORD=hunter2 psql', 'PGPASSWORD=[redacted] psql'],
    ['an e-mail address', 'no user ann.lee+x@mail.example.com here', 'no user [redacted] here'],
    ['a password', 'at https://me:pass@host/x', 'at https://[redacted]@host/x'],
  ])('does not repeat %s', (_, text, told) => {
    expect(redacted(text)).toBe(told)
  })

  it('is told in at most 1,000 characters', () => {
    expect(redacted('x '.repeat(3_000))).toBe('x '.repeat(500))
    expect(redacted('y'.repeat(1_000))).toBe('y'.repeat(1_000))
  })

  it('does not end in the half of a secret, wherever it is cut', () => {
    const halves = Array.from({ length: TOKEN.length + 10 }, (_, early) => {
      const filler = `${TOKEN} `.repeat(200).slice(0, 4_000 - early)
      const start = filler.lastIndexOf(' ') + 1
      return redacted(`${filler.slice(0, start)}${' '.repeat(filler.length - start)}${TOKEN} end`)
    })

    expect(halves.filter((text) => /eyJ/.test(text))).toEqual([])
    expect(
      redacted(`${`${TOKEN} `.repeat(68)}${' '.repeat(180)}https://me:pass@host/x`),
    ).not.toMatch(/pass/)
  })

  it('costs no more the longer it is', () => {
    const hostile = 'eyJ-'.repeat(60_000)
    const startedAt = performance.now()

    redacted(hostile)

    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })
})
