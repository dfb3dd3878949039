import { describe, expect, it } from 'vitest'
import { relay } from '../../src/steps/relay.ts'

const BASE = new URL('https://upstream.test/base/')

function relayed(headers: Record<string, string>, status = 200): Headers {
  return relay(new Response(null, { status, headers }), BASE, null).headers
}

describe('a good answer', () => {
  it.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Authenticate',
    'Proxy-Connection',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'X-RateLimit-Remaining',
    'X-Rate-Limit-Remaining',
    'X-Rate-Limit',
    'RateLimit',
    'RateLimit-Policy',
    'X-Gateway-Error-Source',
    'X-Gateway-Anything',
    'Alt-Svc',
  ])("lacks the upstream's %s", (name) => {
    expect(relayed({ [name]: 'x', 'X-Own': '1' }).has(name)).toBe(false)
  })

  it('lacks what Connection names, however it is written', () => {
    const headers = relayed({
      Connection: 'close,X-Hop ,\tx-other-hop',
      'X-Hop': '1',
      'X-Other-Hop': '2',
      'X-Own': '3',
    })

    expect([...headers.keys()]).toEqual(['via', 'x-own'])
  })

  it.each(['X-Rate', 'X-Gatewayed', 'Content-Type', 'ETag', 'Location'])('keeps %s', (name) => {
    expect(relayed({ [name]: 'x' }).get(name)).toBe('x')
  })
})

describe('the place it names', () => {
  it.each([
    ['https://upstream.test/base/x/1?a=%20b&c#d', '/x/1?a=%20b&c#d'],
    ['https://upstream.test:443/base/x', '/x'],
    ['https://UPSTREAM.test/base/x', '/x'],
    ['//upstream.test/base/x', '/x'],
    ['https://user:secret@upstream.test/base/x', '/x'],
    ['https://upstream.test/base', '/'],
    ['https://upstream.test/base/', '/'],
    ['https://upstream.test/base?a', '/?a'],
  ])('of the upstream is one of the gateway: %s', (location, ours) => {
    expect(relayed({ Location: location }, 302).get('Location')).toBe(ours)
  })

  it.each([
    'https://elsewhere.test/base/x',
    'https://upstream.test.evil.test/base/x',
    'https://upstream.test:8443/base/x',
    'http://upstream.test/base/x',
    'https://upstream.test/other/x',
    'https://upstream.test/based',
    // Cut, these would name another host.
    'https://upstream.test/base//evil.test/x',
    'https://upstream.test/base/\\evil.test',
    '/x/1',
    'x/1',
    '../x',
    '?page=2',
    'https://',
  ])('otherwise stays as it is: %s', (location) => {
    expect(relayed({ Location: location }, 302).get('Location')).toBe(location)
  })

  it('keeps its path where the upstream has no base path', () => {
    const created = new Response(null, {
      status: 201,
      headers: { Location: 'http://127.0.0.1:3000/x/1' },
    })

    const { headers } = relay(created, new URL('http://127.0.0.1:3000'), null)

    expect(headers.get('Location')).toBe('/x/1')
  })
})
