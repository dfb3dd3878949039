import { describe, expect, it } from 'vitest'
import { hopByHopIn } from '../../src/steps/hop-by-hop.ts'

describe('the headers of one connection', () => {
  it('are those that Connection names, in any case and spacing, beside the known ones', () => {
    const names = hopByHopIn(new Headers({ Connection: 'close,X-Hop ,\t x-other-hop' }))

    expect([...names]).toEqual(
      expect.arrayContaining(['close', 'x-hop', 'x-other-hop', 'keep-alive', 'upgrade', 'te']),
    )
  })
})
