import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts'
import { openWorld, type World } from './world.ts'

let world: World
let upstream: RawUpstream
let gateway: ServedWorker
beforeAll(async () => {
  ;[world, upstream] = await Promise.all([openWorld(), startRawUpstream()])
  gateway = await world.another({
    UPSTREAM_URL: upstream.url,
    REQUIRE_HTTPS: 'never',
    LIMITS: '{"ip":{"minute":1000000,"hour":null}}',
  })
})
afterAll(() => Promise.all([world.stop(), upstream.stop()]))

describe('a request body that breaks off', () => {
  const whole = /(?:^|\r\n)0\r\n\r\n$/

  /** Sends a request whose end never comes, the last of it once the upstream has the beginning. */
  async function begun(field: string, beginning: string, last = '') {
    const before = upstream.received.length
    const silence = upstream.bytes
    const head = ['POST /demo/x HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close', field]
    const socket = connect({ port: gateway.port, host: '127.0.0.1', allowHalfOpen: true })
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
    })
    socket.write(`${head.join('\r\n')}\r\n\r\n${beginning}`, 'latin1')
    await expect.poll(() => upstream.bytes).toBeGreaterThan(silence)
    socket.end(last)
    await once(socket, 'close')
    await expect.poll(() => upstream.received.length).toBe(before + 1)
    const request = upstream.received.at(-1) ?? ''
    return { text, arrived: request.slice(request.indexOf('\r\n\r\n') + 4) }
  }

  it.each([
    ['between two chunks', '3\r\nabc\r\n', ''],
    ['in a chunk', '30\r\nabc', 'd'],
    ['with a chunk of no length', '3\r\nabc\r\n', 'zz\r\n'],
  ])('never looks whole to the upstream: %s', async (_, beginning, last) => {
    const { arrived, text } = await begun('Transfer-Encoding: chunked', beginning, last)

    expect(arrived).not.toMatch(whole)
    expect(text).toContain('VALIDATION_ERROR')
    expect(text).toContain('The request body breaks off')
  })

  it('never looks whole with an announced length either', async () => {
    const { arrived } = await begun('Content-Length: 10', 'abc')

    expect('abc').toContain(arrived)
  })
})
