import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLAUSES } from '../../scripts/conform/clauses.ts'
import { judge } from '../../scripts/conform/judge.ts'
import type { ServedWorker } from '../../scripts/serve.ts'
import type { World } from '../wire/world.ts'
import { FLOOD, openJudgedWorld, optionsFor, verdictsOf } from './judged-world.ts'

let world: World
let gateway: ServedWorker
beforeAll(async () => {
  const opened = await openJudgedWorld()
  world = opened.world
  gateway = opened.gateway
})
afterAll(() => world.stop())

describe('the gateway, as it is deployed', () => {
  it('holds every clause', { timeout: 40_000 }, async () => {
    const guarded = await world.another({ REQUIRE_HTTPS: 'always' })
    const given = await optionsFor(gateway.url, world)

    const report = await judge({ ...given, ...FLOOD, plain: new URL(guarded.url) })

    expect(verdictsOf(report)).toEqual(Object.fromEntries(CLAUSES.map(({ id }) => [id, 'held'])))
  })

  it('is not flooded without consent', async () => {
    const verdicts = verdictsOf(await judge(await optionsFor(gateway.url, world)))

    expect([verdicts['limit-kept'], verdicts['waiting-helps']]).toEqual(['not tried', 'not tried'])
  })

  it('is not tried for what nobody gave a token', async () => {
    const { token, expiredToken, foreignToken, origin, also, ...given } = await optionsFor(
      gateway.url,
      world,
    )

    const verdicts = verdictsOf(await judge({ ...given, also: [] }))

    expect(Object.keys(verdicts).filter((id) => verdicts[id] !== 'held')).toEqual([
      'foreign-token',
      'expired-token',
      'good-token',
      'cors-exposed',
      'https-required',
      'retry-after',
      'retry-after-in-details',
      'limit-kept',
      'waiting-helps',
    ])
  })
})

describe('the demo upstream, without the gateway', () => {
  it('breaks what the gateway is there for', async () => {
    const report = await judge({
      ...(await optionsFor(world.upstream.url, world)),
      also: ['/demo/errors/29', '/demo/errors/23', '/demo/status/503', '/demo/status/418'],
    })

    const verdicts = verdictsOf(report)
    expect(Object.keys(verdicts).filter((id) => verdicts[id] === 'broken')).toEqual([
      'answered',
      'no-internals',
      'envelope-shape',
      'status-of-category',
      'correlation-echoed',
      'correlation-replaced',
      'missing-token',
      'malformed-token',
      'forged-token',
      'foreign-token',
      'expired-token',
      'wrong-method',
      'cors-exposed',
      'rate-limit-headers',
      'retry-after',
    ])
  })
})

describe('what cannot be judged', () => {
  it('is an address where nobody answers', async () => {
    const given = await optionsFor('http://127.0.0.1:9', world)

    await expect(judge(given)).rejects.toThrow('nobody answers at http://127.0.0.1:9')
  })

  it('is a gateway asked over plain HTTP that wants HTTPS', async () => {
    const strict = await world.another({ REQUIRE_HTTPS: 'always' })

    await expect(judge(await optionsFor(strict.url, world))).rejects.toThrow('https address')
  })
})
