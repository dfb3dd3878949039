import { expect } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts'
import { openWorld, parseRaw, type RawAnswer, sendRaw, type World } from './world.ts'

interface Forwarded {
  readonly answer: RawAnswer
  readonly requestLine: string | undefined
  readonly fields: readonly string[]
  readonly body: string
}

/** A world whose upstream is scripted to the byte. */
export interface RawWorld {
  readonly world: World
  readonly upstream: RawUpstream
  readonly gateway: ServedWorker
  send(lines: readonly string[], body?: string): Promise<string>
  /** What the upstream was sent for it. */
  forwarded(lines: readonly string[], body?: string): Promise<Forwarded>
  stop(): Promise<unknown>
}

export async function openRawWorld(): Promise<RawWorld> {
  const [world, upstream] = await Promise.all([openWorld(), startRawUpstream()])
  const gateway = await world.another({
    UPSTREAM_URL: upstream.url,
    REQUIRE_HTTPS: 'never',
    LIMITS: '{"ip":{"minute":1000000,"hour":null}}',
  })
  const send = (lines: readonly string[], body = '') =>
    sendRaw(
      gateway.port,
      `${[...lines, 'Host: gateway.localhost', 'Connection: close'].join('\r\n')}\r\n\r\n${body}`,
    )
  return {
    world,
    upstream,
    gateway,
    send,
    async forwarded(lines, body = '') {
      const before = upstream.received.length
      const answer = parseRaw(await send(lines, body))
      const [request, ...more] = upstream.received.slice(before)
      expect(more).toEqual([])
      const [head = '', ...rest] = (request ?? '').split('\r\n\r\n')
      const [requestLine, ...fields] = head.split('\r\n')
      return { answer, requestLine, fields, body: rest.join('\r\n\r\n') }
    },
    stop: () => Promise.all([world.stop(), upstream.stop()]),
  }
}

export const named = (fields: readonly string[], name: string) =>
  fields.filter((field) => field.toLowerCase().startsWith(`${name.toLowerCase()}:`))
