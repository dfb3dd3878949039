import { describe, expect, it } from 'vitest'
import { createReplays } from '../../../scripts/verify-assertion/replays.ts'

describe('the memory of replays', () => {
  it('knows an id until it expires, and forgets it then', () => {
    let now = 1_000
    const replays = createReplays(() => now)

    expect(replays.isNew('a', 1_060)).toBe(true)
    expect(replays.isNew('b', 1_061)).toBe(true)
    now = 1_059
    expect(replays.isNew('a', 1_060)).toBe(false)
    now = 1_060
    expect(replays.isNew('a', 1_120)).toBe(true)
    expect(replays.isNew('b', 1_061)).toBe(false)
  })
})
