import { describe, expect, it } from 'vitest'
import type { Route } from '../../src/policy/route.ts'
import { compileRoutes } from '../../src/policy/route-table.ts'
import { match } from '../../src/steps/match.ts'

const ROWS: readonly Route[] = [
  { path: '/notes/shared', methods: ['GET'], access: 'public' },
  { path: '/notes/:id/publish', methods: ['POST'], access: 'admin' },
  { path: '/notes/*', access: 'user' },
  { path: '/secrets/*', access: 'admin' },
  { path: '/upload', methods: ['POST'], access: 'user' },
]
const routes = compileRoutes(ROWS)
const headers = new Headers({ Host: 'gateway.test' })

/** What a worker is given: the request line as it came, which a `Request` of our own would tidy up. */
function ask(path: string, method = 'GET') {
  const url = `http://gateway.test${path}`
  return match({ method, url, headers }, new URL(url), routes)
}

describe('a listed path', () => {
  it.each([
    ['GET', '/notes/shared', 'public'],
    ['HEAD', '/notes/shared', 'public'],
    ['POST', '/notes/7/publish', 'admin'],
    ['DELETE', '/notes/7', 'user'],
    ['GET', '/notes/7?next=/../secrets//%2f', 'user'],
    ['GET', '/notes?', 'user'],
    ['GET', '/secrets/', 'admin'],
  ])('%s %s is for %s', (method, path, access) => {
    expect(ask(path, method)).toMatchObject({ allowed: true, value: { access } })
  })

  it.each([
    '/notes/a%20b',
    '/notes/caf%C3%A9',
    '/notes/100%25',
    '/notes/a%2520b',
    '/notes/%7Ejoe',
    '/notes/a.b',
    '/notes/...',
    '/notes/.hidden',
    '/notes/a%2Eb',
    '/notes/a;v=1',
    '/notes/a%3Bb',
    '/notes/what%3F%23',
    "/notes/a:b@c!$&'()*+,=",
    '/notes/UPPER',
    '/notes/:id',
    '/notes/*',
  ])('may hold %s', (path) => {
    expect(ask(path)).toEqual({ allowed: true, value: ROWS[2] })
  })
})

describe('a path that is not listed', () => {
  it.each(['/', '/note', '/notesX', '/Notes/7', '/NOTES/shared', '/upload/x', '/nowhere/a%20b'])(
    '%s is NOT_FOUND without Allow',
    (path) => {
      expect(ask(path)).toEqual({ allowed: false, code: 'NOT_FOUND' })
    },
  )
})

describe('a method that does not fit', () => {
  it.each([
    ['GET', '/upload', 'POST'],
    ['GET', '/upload/', 'POST'],
    ['OPTIONS', '/upload', 'POST'],
    ['TRACE', '/upload', 'POST'],
    ['post', '/upload', 'POST'],
    ['PROPFIND', '/notes/shared', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'],
  ])('%s %s is NOT_FOUND with Allow: %s', (method, path, allow) => {
    expect(ask(path, method)).toEqual({
      allowed: false,
      code: 'NOT_FOUND',
      details: { allowedMethods: allow.split(', ') },
      headers: { Allow: allow },
    })
  })
})

describe('a path that two servers could read in two ways', () => {
  const rewritten = /dot segments, backslashes or characters/
  const structure = /encoded slash, backslash or control/
  const empty = /empty segment/
  const dots = /encoded dot segment/
  const broken = /broken percent-escape/

  it.each([
    ['/notes/../secrets', rewritten],
    ['/notes/./shared', rewritten],
    ['/notes/..', rewritten],
    ['/notes/.', rewritten],
    ['/notes/%2e%2e/secrets', rewritten],
    ['/notes/%2E./secrets', rewritten],
    ['/notes\\shared', rewritten],
    ['/notes\\..\\secrets', rewritten],
    ['\\notes', rewritten],
    ['/notes/a b', rewritten],
    ['/notes/a\tb', rewritten],
    ['/notes/a\u0000b', rewritten],
    ['/notes/café', rewritten],
    ['*', rewritten],
    ['//notes', empty],
    ['//evil.test/notes', empty],
    ['/notes//shared', empty],
    ['/notes//', empty],
    ['/notes/;x/shared', empty],
    ['/notes/..;/secrets', dots],
    ['/notes/..;x=1/secrets', dots],
    ['/notes/.%3B/shared', dots],
    ['/notes/%252e%252e/secrets', dots],
    ['/notes/a%2fb', structure],
    ['/notes/a%2Fb', structure],
    ['/notes/..%2fsecrets', structure],
    ['/notes/a%5cb', structure],
    ['/notes/a%5Cb', structure],
    ['/notes/a%00b', structure],
    ['/notes/a%0d%0ab', structure],
    ['/notes/a%7Fb', structure],
    ['/notes/a%252fb', structure],
    ['/notes/a%25%32%66b', structure],
    ['/notes/a%2500b', structure],
    ['/notes/%', broken],
    ['/notes/%2', broken],
    ['/notes/%zz', broken],
    ['/notes/%u002e', broken],
    ['/notes/%ff', broken],
    ['/notes/%c0%ae', broken],
    ['/notes/%ed%a0%80', broken],
    ['/notes/%25252e', /more than twice/],
    ['/note%73/shared', /spells a name of the route/],
    ['/notes/%73hared', /spells a name of the route/],
    ['/%73ecrets/1', /spells a name of the route/],
    ['/%2573ecrets/1', /spells a name of the route/],
    ['/secrets;x/1', /spells a name of the route/],
    ['/secrets%3Bx/1', /spells a name of the route/],
    ['/notes/%53hared', /spells a name of the route/],
  ])('%j is VALIDATION_ERROR', (path, reason) => {
    expect(ask(path)).toEqual({
      allowed: false,
      code: 'VALIDATION_ERROR',
      details: { reason: expect.stringMatching(reason) },
    })
  })

  it.each(['/notes/7/PUBLISH', '/notes/7/Publish'])(
    '%s does not pass for the subtree around an admin row',
    (path) => {
      expect(ask(path, 'POST')).toMatchObject({ allowed: false, code: 'NOT_FOUND' })
    },
  )

  it.each(['/notes/7/publish;x', '/notes/7/publis%68', '/notes/7/%50ublish'])(
    '%s does not either',
    (path) => {
      expect(ask(path, 'POST')).toMatchObject({ allowed: false, code: 'VALIDATION_ERROR' })
    },
  )
})
