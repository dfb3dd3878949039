import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { masked } from '../../../scripts/deploy/masked.ts'

describe('a text that is shown', () => {
  it('holds no secret, however it is spelled there', () => {
    const secret = fc.string({ minLength: 6, maxLength: 40, unit: 'binary-ascii' })
    fc.assert(
      fc.property(fc.array(secret, { maxLength: 4 }), fc.string(), (secrets, between) => {
        const text = secrets
          .flatMap((one) => [one, encodeURIComponent(one), JSON.stringify({ one })])
          .join(between)
        const shown = masked(text, secrets)
        return secrets.every((one) => !shown.includes(one) || '[masked]'.includes(one))
      }),
    )
  })

  it('is otherwise as it was, and short words are no secrets', () => {
    expect(masked('to be or not', ['be', undefined, '', 'absent-secret'])).toBe('to be or not')
  })
})
