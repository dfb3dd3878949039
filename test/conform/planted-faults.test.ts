import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLAUSES } from '../../scripts/conform/clauses.ts'
import { judge } from '../../scripts/conform/judge.ts'
import type { ServedWorker } from '../../scripts/serve.ts'
import type { World } from '../wire/world.ts'
import { FAULTS } from './faults/faults.ts'
import { brokenIn, openJudgedWorld, optionsFor, verdictsOf } from './judged-world.ts'
import { plantIn } from './planting-proxy.ts'

let world: World
let gateway: ServedWorker
beforeAll(async () => {
  const opened = await openJudgedWorld()
  world = opened.world
  gateway = opened.gateway
})
afterAll(() => world.stop())

describe('a gateway with one fault breaks one clause', () => {
  it.concurrent.each(FAULTS)('$clause: $title', async ({ clause, plant, options }) => {
    const given = { ...(await optionsFor(gateway.url, world)), ...options }
    const faulty = await plantIn(gateway.url, plant(given))

    const report = await judge({ ...given, url: new URL(faulty.url) })
    await faulty.stop()

    expect(brokenIn(report)).toEqual([clause])
  })

  it('https-required: tokens travel in the clear', async () => {
    const given = await optionsFor(gateway.url, world)

    expect(brokenIn(await judge({ ...given, plain: given.url }))).toEqual(['https-required'])
  })

  it('a proxy without a fault breaks none', async () => {
    const transparent = await plantIn(gateway.url, {})
    const report = await judge(await optionsFor(transparent.url, world))
    await transparent.stop()

    expect(brokenIn(report)).toEqual([])
  })

  it('nor does one that has it all below another path', async () => {
    const below = await plantIn(gateway.url, {
      request: (sent) => ({ ...sent, path: sent.path.replace(/^\/api\/v1(?=\/)/, '') }),
    })
    const report = await judge(await optionsFor(`${below.url}/api/v1/`, world))
    await below.stop()

    expect(brokenIn(report)).toEqual([])
    expect(verdictsOf(report)['missing-token']).toBe('held')
  })

  it('has been tried for every clause', () => {
    const planted = new Set([...FAULTS.map(({ clause }) => clause), 'https-required'])

    expect([...planted].sort()).toEqual(CLAUSES.map(({ id }) => id).sort())
  })
})
