import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Behaviour, startBrokenUpstream } from './broken-upstream.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.stop())

const HANGS: Behaviour = {}
const RESETS: Behaviour = { accept: (socket) => void socket.resetAndDestroy() }

function saying(body: string): Behaviour {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`
  return { answer: (socket: Socket) => void socket.write(`${head}\r\n\r\n${body}`) }
}

/** A gateway that leans on a server of ours, named by a setting. */
async function leaningOn(setting: string, behaviour: Behaviour) {
  const server = await startBrokenUpstream(behaviour)
  const gateway = await world.another({ [setting]: `http://127.0.0.1:${server.port}/` })
  return { server, url: gateway.url }
}

describe('/_gateway/health of the built worker', () => {
  it.each([
    ['a store that hangs', 'UPSTASH_REDIS_REST_URL', HANGS],
    ['a store that resets', 'UPSTASH_REDIS_REST_URL', RESETS],
    ['an issuer that resets', 'JWT_ISSUER', RESETS],
    ['an issuer that hangs', 'JWT_ISSUER', HANGS],
    ['an upstream that hangs', 'UPSTREAM_URL', HANGS],
  ])('is 200 beside %s, which it never asks', async (_, setting, behaviour) => {
    const { server, url } = await leaningOn(setting, behaviour)

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => fetch(`${url}/_gateway/health`)),
    )
    const bodies = await Promise.all(answers.map((answer) => answer.text()))
    await server.stop()

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(bodies)).toEqual(new Set(['{"status":"ok"}']))
    expect(server.requests).toEqual([])
  })

  it('is 200 with settings that cannot be read, while /_gateway/ready says so', async () => {
    const { url } = await world.another({ JWT_ISSUER: '', UPSTREAM_URL: 'nowhere' })

    const health = await fetch(`${url}/_gateway/health`)
    const ready = await fetch(`${url}/_gateway/ready`)

    expect([health.status, await health.text()]).toEqual([200, '{"status":"ok"}'])
    expect((await ready.json()).error.code).toBe('CONFIGURATION_ERROR')
  })
})

describe('/_gateway/ready of the built worker', () => {
  it.each([
    ['a store that hangs', 'UPSTASH_REDIS_REST_URL', HANGS, 200, ['down', 'up', 'up']],
    ['an issuer that resets', 'JWT_ISSUER', RESETS, 503, ['up', 'down', 'up']],
    ['an issuer that hangs', 'JWT_ISSUER', HANGS, 503, ['up', 'down', 'up']],
    ['an upstream that hangs', 'UPSTREAM_URL', HANGS, 503, ['up', 'up', 'down']],
    ['an upstream that resets', 'UPSTREAM_URL', RESETS, 503, ['up', 'up', 'down']],
  ])('names %s', async (_, setting, behaviour, status, states) => {
    const { server, url } = await leaningOn(setting, behaviour)

    const answer = await fetch(`${url}/_gateway/ready`)
    const body = await answer.json()
    await server.stop()

    const { store, keys, upstream } = body.dependencies ?? body.error.details.dependencies
    expect(answer.status).toBe(status)
    expect([store.state, keys.state, upstream.state]).toEqual(states)
  })

  it('asks the upstream once, however many ask', async () => {
    const { server, url } = await leaningOn('UPSTREAM_URL', saying('{}'))

    const answers = await Promise.all(
      Array.from({ length: 200 }, () => fetch(`${url}/_gateway/ready`)),
    )
    await server.stop()

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    // Twice where a slow machine takes longer than two seconds for 200 requests.
    expect(server.requests.length).toBeLessThanOrEqual(2)
    expect(server.requests[0]).toBe('GET /health HTTP/1.1')
  })
})
