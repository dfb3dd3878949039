import { describe, expect, inject, it } from 'vitest'
import { UpstashRefreshes } from '../../src/adapters/upstash-refreshes.ts'

const { storeUrl, embeddedStoreUrl, storeToken: token } = inject('outside')

const someId = () => crypto.randomUUID()

/** A store whose answers are lost while it still does what it is told; `deaf` hears nothing either. */
async function losing<T>(deaf: boolean, times: number, work: () => Promise<T>): Promise<T> {
  const real = globalThis.fetch
  let left = times
  globalThis.fetch = async (...request) => {
    left -= 1
    if (left < 0) return real(...request)
    if (!deaf) await (await real(...request)).arrayBuffer()
    throw new TypeError('Network connection lost.')
  }
  try {
    return await work()
  } finally {
    globalThis.fetch = real
  }
}

describe.each([
  ['the store of this machine', storeUrl],
  ['the embedded store', embeddedStoreUrl],
])('shared refreshes in %s', (_, url) => {
  const open = () => new UpstashRefreshes({ url, token, timeoutMs: 5_000 })

  it('are claimed by one of many', async () => {
    const id = someId()

    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, i) => open().claim(id, `claim:${i}`, 5_000)),
    )

    expect(claims.filter(Boolean)).toHaveLength(1)
    expect(await open().read(id)).toBe(`claim:${claims.indexOf(true)}`)
  })

  it('stand for as long as they are meant to', async () => {
    const id = someId()
    await open().claim(id, 'claim:a', 5_000)
    await open().publish(id, 'iv.answer', 50)

    expect(await open().claim(id, 'claim:b', 5_000)).toBe(false)
    await expect.poll(() => open().read(id)).toBeUndefined()
    expect(await open().claim(id, 'claim:b', 5_000)).toBe(true)
  })

  it('give back what was published, letter for letter', async () => {
    const id = someId()
    await open().publish(id, 'MTIz+/=.NDU2', 5_000)

    expect(await open().read(id)).toBe('MTIz+/=.NDU2')
  })

  it('are ours when only the answer to our claim was lost', async () => {
    const id = someId()

    expect(await losing(false, 1, () => open().claim(id, 'claim:a', 5_000))).toBe(true)
    expect(await losing(false, 1, () => open().claim(id, 'claim:b', 5_000))).toBe(false)
  })

  it.each([
    ['that did not arrive', true, 1],
    ['that cannot be looked at', false, 2],
  ])('are nobody’s after a claim %s', async (_, deaf, times) => {
    const id = someId()

    await expect(losing(deaf, times, () => open().claim(id, 'claim:a', 5_000))).rejects.toThrow()
  })

  it('are published though a connection is lost', async () => {
    const id = someId()

    await losing(true, 1, () => open().publish(id, 'iv.answer', 5_000))

    expect(await open().read(id)).toBe('iv.answer')
    await expect(losing(true, 9, () => open().publish(id, 'x', 5_000))).rejects.toThrow()
  })
})
