import { describe, expect, it } from 'vitest'
import { LIMITS } from '../../src/policy/limits.ts'
import { METHODS } from '../../src/policy/route.ts'
import { compileRoutes } from '../../src/policy/route-table.ts'
import { DOCUMENT_ROUTES, OWN_ROUTES, ROUTES } from '../../src/policy/routes.ts'
import { EXPECTED_DEMANDS } from './routes-expected.ts'

const table = compileRoutes([...OWN_ROUTES, ...DOCUMENT_ROUTES, ...ROUTES])

describe('demands', () => {
  it.each(EXPECTED_DEMANDS)('$method $path', ({ method, path, ...demands }) => {
    expect(table.find(method, path)).toMatchObject(demands)
    expect(table.find(method, `/api${path}`)).toMatchObject(demands)
  })

  it('names only limits that exist', () => {
    const named = ROUTES.flatMap(({ limit }) => limit ?? [])

    expect([...new Set(named)].sort()).toEqual(Object.keys(LIMITS.routes).sort())
  })
})

describe('what no row names', () => {
  it.each([
    '/',
    '/api',
    '/api/',
    '/v1/users',
    '/v2/api/users',
    '/apiX',
    '/apiX/users',
    '/API/users',
    '/api/Users',
    '/api/api/users',
    '/usersX',
    '/user',
    '/admin',
    '/admin/unknown',
    '/auth',
    '/auth/login',
    '/auth/token',
    '/auth/sessions',
    '/auth/sessions/a/b',
    '/tunnel',
    '/tunnel/health',
    '/tunnel/register/more',
    '/bridge-polling',
    '/bridge-polling/b1',
    '/cache-metrics',
    '/metrics',
    '/health/deep',
    '/webhooks',
    '/webhooks/other',
    '/sshX',
    '/ws/x',
    '/changelog/1.0/x',
    '/_gateway',
    '/.well-known',
    '/_gateway/other',
    '/_gateway/assets',
    '/_gateway/errors/A/B',
    '/_gateway/assets/a/b.css',
    '/assets/pages.css',
    '/api/_gateway/health',
    '/__proto__',
    '/constructor',
    '/demo/slow',
  ])('%s does not exist', (path) => {
    expect(METHODS.filter((method) => table.find(method, path))).toEqual([])
    expect(table.methods(path)).toEqual([])
  })
})

describe('the rows', () => {
  const everyRow = [...OWN_ROUTES, ...DOCUMENT_ROUTES, ...ROUTES].flatMap((row) =>
    (row.methods ?? METHODS).map((method) => ({ method, row, path: row.path })),
  )
  const shape = (path: string) => path.toLowerCase().replace(/:[^/]+/g, ':')

  it('are not repeated', () => {
    const keys = everyRow.map(({ method, path }) => `${method} ${shape(path)}`)

    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
  })

  it.each(everyRow)('$method $path is answered by its own row', ({ method, path, row }) => {
    const sample = path.replace(/:[^/]+/g, 'one').replace(/\*$/, 'one/two')

    expect(table.find(method, sample)).toBe(row)
  })
})

describe('bodies that nobody here looks at', () => {
  it.each([
    ['/webhooks/stripe', 'signed byte for byte'],
    ['/ollama/api/chat', 'a model server’s own'],
    ['/direct-proxy/u1/api/chat', 'of whatever is behind the tunnel'],
  ])('%s: %s', (path) => {
    expect(table.find('POST', path)?.body).toBeUndefined()
  })
})
