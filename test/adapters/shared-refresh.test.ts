import { describe, expect, it } from 'vitest'
import type { ProviderOutcome } from '../../src/adapters/provider-answer.ts'
import { sealOf } from '../../src/adapters/refresh-seal.ts'
import { SharedRefresh } from '../../src/adapters/shared-refresh.ts'
import type { RefreshOutcome } from '../../src/ports.ts'
import { MemoryRefreshes } from '../support/memory-refreshes.ts'
import { VirtualTime } from '../support/virtual-time.ts'

const START = 1_790_000_000_000
const TOKEN = 'v1.the-old-refresh-token'
const ENDPOINT = { url: 'https://p.test/token', clientId: 'gateway', clientSecret: 'client-secret' }

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))

interface Trouble {
  /** How long the provider takes. */
  readonly takesMs?: number
  readonly answers?: (call: number) => ProviderOutcome
  readonly refreshes?: (store: MemoryRefreshes) => Partial<MemoryRefreshes>
}

/** Isolates on one store before one provider, in a time of our own. */
function world({ takesMs = 100, answers = rotated, refreshes = () => ({}) }: Trouble = {}) {
  const time = new VirtualTime(START)
  const store = new MemoryRefreshes(() => time.now)
  const calls: string[] = []
  const background: Promise<unknown>[] = []
  const told = refreshes(store)

  function isolate(dies = false) {
    return new SharedRefresh({
      async sealOf(refreshToken) {
        const seal = await time.real(sealOf(refreshToken, ENDPOINT, random))
        return {
          id: seal.id,
          close: (outcome) => time.real(seal.close(outcome)),
          open: (sealed) => time.real(seal.open(sealed)),
        }
      },
      refreshes: {
        claim: told.claim ?? store.claim.bind(store),
        read: told.read ?? store.read.bind(store),
        publish: told.publish ?? store.publish.bind(store),
      },
      async ask(refreshToken) {
        calls.push(refreshToken)
        const call = calls.length
        await time.wait(dies ? 3_600_000 : takesMs)
        return answers(call)
      },
      now: () => time.now,
      pause: (milliseconds) => time.wait(milliseconds),
      random,
      background: (work) => void background.push(work),
    })
  }

  const heard: { readonly at: number; readonly outcome: RefreshOutcome }[] = []
  /** Asks so many milliseconds from the start; what is heard is kept with the time it was heard at. */
  function ask(at: number, from: SharedRefresh, refreshToken = TOKEN) {
    time.after(START + at - time.now, () => {
      const startedAt = time.now
      from.refresh(refreshToken).then((outcome) => {
        heard.push({ at: time.now - startedAt, outcome })
      })
    })
  }
  return { time, store, calls, background, isolate, heard, ask }
}

function rotated(call: number): ProviderOutcome {
  return {
    kind: 'refreshed',
    tokens: { accessToken: `access-${call}`, refreshToken: `refresh-${call}`, expiresIn: 3600 },
  }
}

describe('50 parallel refreshes of one token', () => {
  it.each([1, 5, 50])('from %i isolates make one call and hear one answer', async (count) => {
    const { time, calls, isolate, heard, ask } = world({ takesMs: 700 })
    const isolates = Array.from({ length: count }, () => isolate())
    for (let i = 0; i < 50; i += 1) ask(i * 10, isolates[i % count] ?? isolate())

    await time.run()

    expect(calls).toEqual([TOKEN])
    expect(heard.map(({ outcome }) => outcome)).toEqual(Array(50).fill(rotated(1)))
  })

  it('in one isolate ask the store no more often than one of them would', async () => {
    let commands = 0
    const { time, isolate, ask } = world({
      refreshes: (store) => ({
        claim(...claim) {
          commands += 1
          return store.claim(...claim)
        },
        publish(...answer) {
          commands += 1
          return store.publish(...answer)
        },
        read: () => Promise.reject(new Error('not needed')),
      }),
    })
    const only = isolate()
    for (let i = 0; i < 50; i += 1) ask(i, only)

    await time.run()

    expect(commands).toBe(2)
  })

  it('outlive a promise that never settles for them', async () => {
    const { time, calls, isolate, heard, ask } = world({ takesMs: 2_500 })
    const only = isolate()
    ask(0, only)
    ask(10, only)

    await time.run()

    expect(calls).toHaveLength(1)
    expect(heard.map(({ outcome }) => outcome)).toEqual([rotated(1), rotated(1)])
  })

  it.each([
    { kind: 'refused', cause: 'provider: invalid_grant' },
    { kind: 'failed', cause: 'provider: status 500' },
    { kind: 'failed', cause: 'provider: status 429', untouched: true },
  ] as const)('hear one outcome when it is not a good one: %o', async (outcome) => {
    const { time, calls, isolate, heard, ask } = world({ answers: () => outcome })
    for (let i = 0; i < 50; i += 1) ask(i, isolate())

    await time.run()

    const { kind, cause } = outcome
    const same = expect.objectContaining({ kind, cause })
    expect(calls).toHaveLength(1)
    expect(heard.map(({ outcome: said }) => said)).toEqual(Array(50).fill(same))
  })

  it('of two tokens make two', async () => {
    const { time, calls, isolate, heard, ask } = world()
    const [one, other] = [isolate(), isolate()]
    for (let i = 0; i < 50; i += 1) ask(i, i % 4 < 2 ? one : other, `${TOKEN}-${i % 2}`)

    await time.run()

    expect(calls.toSorted()).toEqual([`${TOKEN}-0`, `${TOKEN}-1`])
    expect(heard).toHaveLength(50)
  })
})

describe('a shared answer', () => {
  it('is heard for ten seconds, and not for longer', async () => {
    const { time, calls, isolate, heard, ask } = world({ takesMs: 100 })
    ask(0, isolate())
    ask(10_050, isolate())
    ask(10_150, isolate())

    await time.run()

    expect(calls).toHaveLength(2)
    expect(heard.map(({ outcome }) => outcome)).toEqual([rotated(1), rotated(1), rotated(2)])
  })

  it('that left the token alone is heard by those who wait, and soon forgotten', async () => {
    const answers = (call: number) =>
      call === 1
        ? ({ kind: 'failed', cause: 'provider: status 429', untouched: true } as const)
        : rotated(call)
    const { time, calls, isolate, heard, ask } = world({ answers })
    ask(0, isolate())
    ask(50, isolate())
    ask(2_200, isolate())

    await time.run()

    expect(calls).toHaveLength(2)
    expect(heard.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'failed', 'refreshed'])
  })

  it('holds neither token nor answer for whoever reads the store', async () => {
    const { time, store, isolate, ask } = world()
    ask(0, isolate())
    await time.run()

    const kept = JSON.stringify([...store.entries])

    expect(store.entries.size).toBe(1)
    expect(kept).not.toMatch(/refresh-token|access-1|refresh-1|expiresIn/)
    const plainHash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(TOKEN))
    const bytes = new Uint8Array(plainHash)
    expect(kept).not.toContain(bytes.toHex())
    expect(kept).not.toContain(bytes.toBase64({ alphabet: 'base64url', omitPadding: true }))
  })

  it('is not sealed twice alike', async () => {
    const { time, store, isolate, ask } = world({ answers: () => rotated(1) })
    const seals: string[] = []
    for (const at of [0, 20_000]) {
      ask(at, isolate())
      await time.run()
      seals.push([...store.entries.values()].map(({ text }) => text).join())
    }

    expect(seals[0]).not.toBe(seals[1])
  })

  it.each([
    ['changed', (text: string) => text.replace(/.(?=.{8}$)/, (c) => (c === 'A' ? 'B' : 'A'))],
    ['forged', () => btoa('{"kind":"refreshed","tokens":{"accessToken":"evil"}}')],
    ['emptied', () => '.'],
  ])('that somebody has %s is not believed, nor asked for again', async (_, spoil) => {
    const { time, store, calls, isolate, heard, ask } = world()
    ask(0, isolate())
    await time.run()
    for (const [id, entry] of store.entries) {
      store.entries.set(id, { ...entry, text: spoil(entry.text) })
    }
    ask(1_000, isolate())
    await time.run()

    expect(calls).toHaveLength(1)
    expect(heard[1]?.outcome).toMatchObject({ kind: 'failed' })
  })
})

describe('whoever waits for another isolate', () => {
  it('gives up after five seconds, and does not ask by itself', async () => {
    const { time, calls, isolate, heard, ask } = world()
    ask(0, isolate(true))
    const waiter = isolate()
    ask(10, waiter)
    // In an isolate that waits already.
    ask(20, waiter)

    await time.run()

    expect(calls).toHaveLength(1)
    const waits = heard.filter(({ outcome }) => outcome.kind === 'failed').map(({ at }) => at)
    expect(waits).toHaveLength(2)
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_000)
    expect(Math.min(...waits)).toBeGreaterThan(4_500)
  })

  it('gives up after five seconds when the store does not answer any more', async () => {
    const { time, calls, isolate, heard, ask } = world({
      refreshes: () => ({ read: () => new Promise(() => undefined), claim: async () => false }),
    })
    ask(0, isolate())

    await time.run()

    expect(calls).toEqual([])
    expect(heard).toEqual([{ at: 5_000, outcome: expect.objectContaining({ kind: 'failed' }) }])
  })

  it('goes on where the store fails in between', async () => {
    let reads = 0
    const { time, calls, isolate, heard, ask } = world({
      takesMs: 1_000,
      refreshes: (store) => ({
        read(id) {
          reads += 1
          return reads % 2 === 1 ? Promise.reject(new Error('away')) : store.read(id)
        },
        claim: async (id, claimant, milliseconds) => {
          if (store.entries.has(id)) return false
          await store.publish(id, claimant, milliseconds)
          return true
        },
      }),
    })
    ask(0, isolate())
    ask(10, isolate())

    await time.run()

    expect(calls).toHaveLength(1)
    expect(heard.map(({ outcome }) => outcome)).toEqual([rotated(1), rotated(1)])
  })

  it('gives up at once when the claim is gone without an answer', async () => {
    const { time, store, calls, isolate, heard, ask } = world()
    ask(0, isolate(true))
    ask(10, isolate())
    time.after(1_000, () => store.entries.clear())

    await time.run()

    expect(calls).toHaveLength(1)
    const [waited] = heard
    expect(waited?.outcome.kind).toBe('failed')
    expect(waited?.at).toBeLessThan(1_500)
  })

  it('leaves a dead isolate’s token alone until nobody can be asking with it', async () => {
    const { time, calls, isolate, heard, ask } = world()
    ask(0, isolate(true))
    ask(14_000, isolate())
    ask(20_500, isolate())

    await time.run()

    expect(calls).toHaveLength(2)
    expect(heard.map(({ outcome }) => outcome.kind).slice(0, 2)).toEqual(['failed', 'refreshed'])
  })
})

describe('whoever asks', () => {
  it('is not waited for any more once it must be gone', async () => {
    const { time, calls, isolate, heard, ask } = world({ takesMs: 3_600_000 })
    const only = isolate()
    ask(0, only)
    ask(19_000, only)
    ask(21_000, only)

    await time.run()

    expect(heard[0]?.outcome.kind).toBe('failed')
    expect(calls).toHaveLength(2)
  })

  it('does not ask when its claim took so long that it may end too early', async () => {
    const { time, calls, isolate, heard, ask } = world({
      refreshes: (store) => ({
        async claim(...claim) {
          const claimed = await store.claim(...claim)
          await time.wait(10_001)
          return claimed
        },
      }),
    })
    ask(0, isolate())

    await time.run()

    expect(calls).toEqual([])
    expect(heard).toEqual([{ at: 10_001, outcome: { kind: 'unshared' } }])
  })

  it('goes on when its own client has left', async () => {
    const { time, isolate, background, ask } = world()
    ask(0, isolate())

    await time.run()

    expect(background).toHaveLength(1)
    expect(await Promise.all(background)).toEqual([rotated(1)])
  })

  it('has its answer though nobody else can be told', async () => {
    const { time, calls, isolate, heard, ask } = world({
      refreshes: () => ({ publish: () => Promise.reject(new Error('away')) }),
    })
    ask(0, isolate())
    ask(10, isolate())

    await time.run()

    expect(calls).toHaveLength(1)
    expect(heard.map(({ outcome }) => outcome.kind)).toEqual(['refreshed', 'failed'])
  })

  it('does not ask where the store cannot say that nobody else does', async () => {
    const { time, calls, isolate, heard, ask } = world({
      refreshes: () => ({ claim: () => Promise.reject(new Error('away')) }),
    })
    ask(0, isolate())

    await time.run()

    expect(calls).toEqual([])
    expect(heard).toEqual([{ at: 0, outcome: { kind: 'unshared' } }])
  })

  it('keeps no promise once it has settled', async () => {
    const { time, calls, isolate, ask } = world()
    const only = isolate()
    ask(0, only)
    ask(30_000, only)

    await time.run()

    expect(calls).toHaveLength(2)
  })
})
