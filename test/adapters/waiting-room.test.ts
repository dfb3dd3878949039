import { describe, expect, it } from 'vitest'
import { BoundedWaitingRoom, sleep } from '../../src/adapters/waiting-room.ts'

const present = () => new AbortController().signal

/** A room whose time passes when we say so. */
function room() {
  const wake: (() => void)[] = []
  const waitingRoom = new BoundedWaitingRoom(
    () => new Promise((resolve) => void wake.push(resolve)),
  )
  return { waitingRoom, wakeAll: () => wake.splice(0).forEach((resolve) => void resolve()) }
}

describe('the waiting room', () => {
  it('holds ten requests of one subject and sends the eleventh on at once', async () => {
    const { waitingRoom, wakeAll } = room()
    const held = Array.from({ length: 10 }, () => waitingRoom.hold('alice', 1_000, 10, present()))

    expect(await waitingRoom.hold('alice', 1_000, 10, present())).toBe(false)
    wakeAll()
    expect(await Promise.all(held)).toEqual(Array(10).fill(true))
  })

  it('holds a hundred requests of many subjects and no more', async () => {
    const { waitingRoom, wakeAll } = room()
    const held = Array.from({ length: 100 }, (_, i) =>
      waitingRoom.hold(`${i}`, 1_000, 10, present()),
    )

    expect(await waitingRoom.hold('late', 1_000, 10, present())).toBe(false)
    wakeAll()
    await Promise.all(held)
    const again = waitingRoom.hold('late', 1_000, 10, present())
    wakeAll()
    expect(await again).toBe(true)
  })

  it('lets go of whoever has left', async () => {
    const leave = new AbortController()
    const waitingRoom = new BoundedWaitingRoom(sleep)
    const startedAt = Date.now()
    const held = waitingRoom.hold('alice', 10_000, 10, leave.signal)
    leave.abort()

    expect(await held).toBe(false)
    expect(await waitingRoom.hold('alice', 10_000, 10, leave.signal)).toBe(false)
    expect(Date.now() - startedAt).toBeLessThan(1_000)
  })

  it('lets those go on first who came first', async () => {
    const waitingRoom = new BoundedWaitingRoom(sleep)
    const order: number[] = []
    await Promise.all(
      [1, 2, 3, 4, 5].map((i) =>
        waitingRoom.hold('alice', 20, 10, present()).then(() => order.push(i)),
      ),
    )

    expect(order).toEqual([1, 2, 3, 4, 5])
  })
})
