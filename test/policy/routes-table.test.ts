import { describe, expect, it } from 'vitest'
import type { Route } from '../../src/policy/route.ts'
import { compileRoutes, isRoutePath } from '../../src/policy/route-table.ts'

const row = (path: string, demands: Partial<Route> = {}): Route => ({
  path,
  access: 'user',
  ...demands,
})

describe('a table of routes', () => {
  it('answers with the first row that fits', () => {
    const first = row('/a/:id')
    const table = compileRoutes([first, row('/a/b'), row('/a/*')])

    expect(table.find('GET', '/a/b')).toBe(first)
  })

  it.each([
    [['/:area/b', '/a/b', '/*'], '/a/b', '/:area/b'],
    [['/a/b', '/:area/b', '/*'], '/a/b', '/a/b'],
    [['/a/b', '/:area/b', '/*'], '/c/b', '/:area/b'],
    [['/a/b', '/:area/b', '/*'], '/a/c', '/*'],
    [['/a/b', '/*', '/a/c'], '/a/c', '/*'],
  ])('of %j, %s has %s', (paths, path, answering) => {
    const table = compileRoutes(paths.map((each) => row(each)))

    expect(table.find('GET', path)?.path).toBe(answering)
  })

  it('goes on to a later row when the method does not fit', () => {
    const written = row('/a/*')
    const table = compileRoutes([row('/a/b', { methods: ['GET'] }), written])

    expect(table.find('POST', '/a/b')).toBe(written)
  })

  it.each([
    ['/a', '/a'],
    ['/a/:id', '/a/1'],
    ['/a/:id/b', '/a/1/b'],
    ['/a/*', '/a'],
    ['/a/*', '/a/1/2/3'],
    ['/*', '/'],
    ['/*', '/a/b'],
    ['/', '/'],
    ['/A/Bc', '/A/Bc'],
    ['/a.b/c', '/a.b/c'],
  ])('%s fits %s, with a slash at its end too', (path, fitting) => {
    const only = row(path)

    expect(compileRoutes([only]).find('GET', fitting)).toBe(only)
    expect(compileRoutes([only]).find('GET', fitting.replace(/\/?$/, '/'))).toBe(only)
  })

  it.each([
    ['/a', '/a/b'],
    ['/a', '/ab'],
    ['/a', '/A'],
    ['/A', '/a'],
    ['/a', '/a//'],
    ['/a/:id', '/a'],
    ['/a/:id', '/a/1/2'],
    ['/a/:id', '/a//'],
    ['/a/*', '/ab'],
    ['/a/*', '/A/b'],
    ['/a.b', '/axb'],
    ['/', '/a'],
  ])('%s does not fit %s', (path, other) => {
    expect(compileRoutes([row(path)]).find('GET', other)).toBeUndefined()
  })

  it('lets no spelling slip past the row that a server without case would take', () => {
    const table = compileRoutes([row('/a/RESET', { access: 'admin' }), row('/a/:id')])

    expect(table.find('GET', '/a/RESET')?.access).toBe('admin')
    expect(table.find('GET', '/a/reset')).toBeUndefined()
    expect(table.find('GET', '/a/Reset')).toBeUndefined()
    expect(table.find('GET', '/a/Other')?.access).toBe('user')
  })

  it.each([
    ['GET with HEAD', ['GET'], ['GET', 'HEAD']],
    ['what is written', ['PATCH', 'PUT'], ['PUT', 'PATCH']],
    ['all', undefined, ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
  ] as const)('names the methods of a path: %s', (_, methods, named) => {
    const table = compileRoutes([row('/a', methods && { methods })])

    expect(table.methods('/a')).toEqual(named)
  })

  it('gathers the methods of all rows that fit a path', () => {
    const table = compileRoutes([
      row('/a/:id', { methods: ['GET'] }),
      row('/b/*'),
      row('/a/*', { methods: ['DELETE'] }),
    ])

    expect(table.methods('/a/1')).toEqual(['GET', 'HEAD', 'DELETE'])
  })

  it('has no method for a path that is not listed', () => {
    expect(compileRoutes([row('/a')]).methods('/b')).toEqual([])
  })
})

describe('the path of a row', () => {
  it.each(['/', '/*', '/a', '/a/:id', '/a/:id/b-c/*', '/.well-known/x.json', '/v1/models:list'])(
    'may be %s',
    (path) => {
      expect(isRoutePath(path)).toBe(true)
    },
  )

  it.each([
    '',
    '*',
    'a',
    '/a/',
    '//a',
    '/a*',
    '/*/a',
    '/a/:',
    '/:id?',
    '/:id{[0-9]+}',
    '/a;b',
    '/a b',
    '/caf%C3%A9',
    '/café',
    '/a?b',
  ])('is not %j', (path) => {
    expect(isRoutePath(path)).toBe(false)
    expect(() => compileRoutes([row(path)])).toThrow('not the path of a route')
  })
})
