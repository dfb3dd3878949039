import { STORE_TOKEN, type World } from './world.ts'

const MINUTE_MS = 60_000

type Outcomes = Readonly<Record<string, number>>

/** Minutes that isolates have told a world's store of, one after another, some hours ago. */
export function toldMinutes({ gateway, store }: Pick<World, 'gateway' | 'store'>) {
  let minute = Math.floor(Date.now() / MINUTE_MS) - 180

  async function untriggered(outcomes: Outcomes) {
    minute += 1
    const letter = {
      r: { '/tunnels': [outcomes, { 10: 600 }, 14_000] },
      w: {},
      l: {},
      s: {},
      e: {},
    }
    const key = `gateway:1:metrics:raw:${minute}`
    const { ok } = await fetch(store.url, {
      method: 'POST',
      headers: { Authorization: `Bearer ${STORE_TOKEN}` },
      body: JSON.stringify(['HSET', key, 'abc-1', JSON.stringify(letter)]),
    })
    if (!ok) throw new Error('the store did not take it')
  }
  /** Just before the third minute begins: the trigger judges the first. */
  const triggered = () => gateway.trigger((minute + 2) * MINUTE_MS + 500)

  return {
    untriggered,
    triggered,
    async minutes(count: number, outcomes: Outcomes) {
      for (let i = 0; i < count; i += 1) {
        await untriggered(outcomes)
        await triggered()
      }
    },
  }
}
