import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DemoUpstream, startUpstream } from '../../../scripts/upstream/server.ts'
import { rawGet } from './raw-exchange.ts'

let upstream: DemoUpstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.stop())

describe('answers that do not arrive', () => {
  it.each([
    ['reset', { bytes: '', end: 'reset' }],
    ['empty', { bytes: '', end: 'closed' }],
    ['hang', { bytes: '', end: 'silent' }],
    ['late', { bytes: '', end: 'silent' }],
    ['garbage', { bytes: expect.stringMatching(/^SSH-2\.0-/), end: 'closed' }],
  ])('%s', async (how, expected) => {
    expect(await rawGet(upstream.url, `/api/demo/errors/23?how=${how}`, 400)).toEqual(expected)
  })

  it('resets unless told otherwise', async () => {
    expect(await rawGet(upstream.url, '/demo/errors/23')).toEqual({ bytes: '', end: 'reset' })
  })

  it('cuts a body whose length it had promised', async () => {
    const { bytes, end } = await rawGet(upstream.url, '/demo/errors/23?how=cut')
    const [header = '', body = ''] = bytes.split('\r\n\r\n')

    expect(end).toBe('closed')
    expect(header).toContain('HTTP/1.1 200 OK')
    expect(header).toContain(`content-length: ${2 * body.length}`)
  })

  it('cuts a chunked body before its last chunk', async () => {
    const { bytes, end } = await rawGet(upstream.url, '/demo/errors/23?how=cutChunked')

    expect(end).toBe('closed')
    expect(bytes).toContain('Transfer-Encoding: chunked')
    expect(bytes).toContain('"a row"')
    expect(bytes).not.toMatch(/\r\n0\r\n\r\n$/)
  })

  it('stalls after half a body', async () => {
    const { bytes, end } = await rawGet(upstream.url, '/demo/errors/23?how=stall', 400)

    expect(end).toBe('silent')
    expect(bytes).toContain('"a row"')
  })

  it('is late by the milliseconds asked for', async () => {
    const started = performance.now()
    const answer = await fetch(`${upstream.url}/demo/errors/23?how=late&ms=120`)

    expect(await answer.json()).toEqual({ success: true, lateMs: 120 })
    expect(performance.now() - started).toBeGreaterThanOrEqual(118)
  })
})

describe('/demo/status', () => {
  it.each([200, 201, 204, 299, 300, 304, 400, 418, 499, 500, 511, 600, 777, 999])(
    'answers %i',
    async (status) => {
      const { bytes } = await rawGet(upstream.url, `/demo/status/${status}`, 150)

      expect(bytes).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    },
  )

  it.each([100, 103, 199])('answers %i as its last word', async (status) => {
    const { bytes, end } = await rawGet(upstream.url, `/api/demo/status/${status}`)

    expect(bytes).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} [^\\r]+\\r\\nConnection: close\\r\\n\\r\\n$`),
    )
    expect(end).toBe('closed')
  })

  it.each(['99', '1000', 'teapot'])('refuses %s', async (code) => {
    expect((await fetch(`${upstream.url}/demo/status/${code}`)).status).toBe(400)
  })
})

describe('stopping', () => {
  it('ends what hangs, at once', async () => {
    const own = await startUpstream()
    const hung = rawGet(own.url, '/demo/errors/23?how=hang', 5000)
    await expect.poll(() => own.received.length).toBe(1)
    await own.stop()

    // Otherwise it would have hung for the five seconds.
    expect((await hung).end).not.toBe('silent')
  })
})
