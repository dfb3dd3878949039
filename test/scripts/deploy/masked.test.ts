import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beginningOf, masked } from '../../../scripts/deploy/masked.ts'

describe('a text that is shown', () => {
  it('holds no secret, however it is spelled there', () => {
    const secret = fc.string({ minLength: 6, maxLength: 40, unit: 'binary-ascii' })
    fc.assert(
      fc.property(fc.array(secret, { maxLength: 4 }), fc.string(), (secrets, between) => {
        const text = secrets
          .flatMap((one) => [
            one,
            encodeURIComponent(one),
            JSON.stringify({ one }),
            Buffer.from(one).toString('base64'),
          ])
          .join(between)
        const shown = masked(text, secrets)
        const spelled = secrets.flatMap((one) => [one, Buffer.from(one).toString('base64')])
        return spelled.every((one) => !shown.includes(one) || '[masked]'.includes(one))
      }),
    )
  })

  it('is otherwise as it was, and short words are no secrets', () => {
    expect(masked('to be or not', ['be', undefined, '', 'absent-secret'])).toBe('to be or not')
  })

  it('is not cut inside a secret, whose first half nobody would know', () => {
    const text = 'no such field: {"text":"store-token-nobody-may-see"} in the body'

    const shown = masked(beginningOf(text, 30), ['store-token-nobody-may-see'])

    expect(shown).toBe('no such field:')
    expect(beginningOf(text, text.length)).toBe(text)
  })
})
