import { describe, expect, it } from 'vitest'
import { BoundedPlaces } from '../../src/adapters/places.ts'
import { VirtualTime } from '../support/virtual-time.ts'

const START = 1_790_000_000_000

/** Places in a time of our own, and what became of the requests that came for one, in order. */
function placesInTime() {
  const time = new VirtualTime(START)
  const places = new BoundedPlaces(
    () => time.now,
    (milliseconds) => time.wait(milliseconds),
  )
  const story: string[] = []
  const present = new AbortController().signal

  /** A request that comes at an instant and, once it has a place, stays in it so long. */
  function request(name: string, at: number, staysMs: number, most = 1, signal = present) {
    time.after(at, () => {
      places.take('user:alice', most, signal).then((place) => {
        story.push(`${name} ${place ? 'in' : 'refused'} at ${time.now - START}`)
        if (place) time.after(staysMs, () => place.leave())
      })
    })
  }
  return { time, places, story, request }
}

describe('places', () => {
  it('are as many as the bound says, counted for each subject', async () => {
    const { places } = placesInTime()
    const signal = new AbortController().signal
    const mine = [
      await places.take('user:alice', 2, signal),
      await places.take('user:alice', 2, signal),
    ]

    const other = await places.take('user:bob', 2, signal)

    expect(mine.map((place) => place?.inFlight)).toEqual([2, 2])
    expect(other?.inFlight).toBe(1)
  })

  it('are waited for in turn while those before end one after another', async () => {
    const { time, story, request } = placesInTime()
    for (const name of ['a', 'b', 'c', 'd', 'e']) request(name, 0, 200)
    await time.run()

    expect(story.map((line) => line.split(' at ')[0])).toEqual([
      'a in',
      'b in',
      'c in',
      'd in',
      'e in',
    ])
  })

  it('are given up after a second in which none came free', async () => {
    const { time, story, request } = placesInTime()
    request('slow', 0, 10_000)
    request('next', 100, 10)
    await time.run()

    expect(story[0]).toBe('slow in at 0')
    expect(story[1]).toMatch(/^next refused at 110\d$/)
  })

  it('are given up after five seconds, however the queue moves', async () => {
    const { time, story, request } = placesInTime()
    for (let i = 0; i < 8; i += 1) request(`${i}`, 0, 900)
    await time.run()

    expect(story.filter((line) => line.includes(' in '))).toHaveLength(6)
    expect(story.slice(6)).toEqual([
      expect.stringMatching(/^[67] refused at 5[0-2]\d\d$/),
      expect.stringMatching(/^[67] refused at 5[0-2]\d\d$/),
    ])
  })

  it('are not waited for by a client that has gone', async () => {
    const { time, story, request } = placesInTime()
    const leaving = new AbortController()
    request('slow', 0, 100)
    request('gone', 10, 10, 1, leaving.signal)
    time.after(20, () => leaving.abort())
    request('next', 30, 10)
    await time.run()

    expect(story[1]).toMatch(/^gone refused at (1\d|2\d)$/)
    expect(story[2]).toMatch(/^next in at 10\d$/)
  })

  it('are waited for by at most four hundred of one subject', async () => {
    const { places } = placesInTime()
    const { signal } = new AbortController()
    for (let i = 0; i < 401; i += 1) void places.take('user:alice', 1, signal)

    expect(await places.take('user:alice', 1, signal)).toBeUndefined()
    expect(await places.take('user:bob', 1, signal)).toBeDefined()
  })

  it('of requests that the platform dropped are free again after two and a half minutes', async () => {
    const { time, places } = placesInTime()
    const signal = new AbortController().signal
    await places.take('user:alice', 1, signal)
    time.now += 150_000
    const early = places.take('user:alice', 1, signal)
    await time.run()
    time.now += 1

    expect(await early).toBeUndefined()
    expect(await places.take('user:alice', 1, signal)).toBeDefined()
  })

  it('are left once, whoever says so how often', async () => {
    const { places } = placesInTime()
    const signal = new AbortController().signal
    const first = await places.take('user:alice', 2, signal)
    const second = await places.take('user:alice', 2, signal)
    first?.leave()
    first?.leave()

    expect(second?.inFlight).toBe(1)
  })

  it.each([
    ['well', () => Promise.resolve()],
    ['badly', () => Promise.reject(new Error('cut'))],
  ])('are left when an answer has ended %s', async (_, end) => {
    const { places } = placesInTime()
    const signal = new AbortController().signal
    const place = await places.take('user:alice', 1, signal)
    await place?.keepUntil(end())

    expect(await places.take('user:alice', 1, signal)).toBeDefined()
  })
})
