import { readFile } from 'node:fs/promises'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { faultsIn } from '../../src/policy/bodies/faults.ts'
import { SCHEMAS } from '../../src/policy/bodies/schemas.ts'
import { DOCUMENT_ROUTES, OWN_ROUTES, ROUTES } from '../../src/policy/routes.ts'
import rows from '../contract/catalogue.json' with { type: 'json' }

interface Operation {
  readonly operationId: string
  readonly 'x-row': string
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters?: readonly unknown[]
  readonly requestBody?: { readonly $ref?: string }
  readonly responses: Readonly<Record<string, { readonly $ref: string }>>
}

type PathItem = Readonly<Record<string, Operation>>

interface OpenApi {
  readonly paths: Readonly<Record<string, PathItem>>
  readonly servers: readonly { readonly url: string }[]
  readonly components: {
    readonly responses: Readonly<Record<string, { readonly 'x-codes': Codes }>>
    readonly schemas: Readonly<Record<string, object>>
  }
}

interface Codes {
  readonly gateway: readonly string[]
  readonly relayed: readonly string[]
}

const FILE = 'docs/openapi.json'
const METHODS = ['get', 'post', 'put', 'patch', 'delete']

let document: OpenApi
beforeAll(async () => {
  document = JSON.parse(await readFile(FILE, 'utf8'))
})

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method]
      return operation ? [{ path, method, operation }] : []
    }),
  )

function codesOf(path: string, method: string, status: string): Codes | undefined {
  const $ref = document.paths[path]?.[method]?.responses[status]?.$ref ?? ''
  return document.components.responses[$ref.split('/').at(-1) ?? '']?.['x-codes']
}

describe('the OpenAPI document', () => {
  it('is one, to a validator that is not ours', async () => {
    const validator = new Validator()

    expect(await validator.validate(FILE)).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
    expect(() => validator.resolveRefs()).not.toThrow()
  })

  it('gives each operation a name of its own', () => {
    const names = operations().map(({ operation }) => operation.operationId)

    expect(new Set(names).size).toBe(names.length)
  })

  it('tells of every row, for each method that the row takes', () => {
    const told = new Set(
      operations().map(({ method, operation }) => `${method} ${operation['x-row']}`),
    )
    const demanded = [...OWN_ROUTES, ...DOCUMENT_ROUTES, ...ROUTES]
      .filter(({ path }) => !path.startsWith('/api/'))
      .flatMap(({ path, methods }) =>
        METHODS.filter((method) => !methods?.every((taken) => taken.toLowerCase() !== method)).map(
          (method) => `${method} ${path}`,
        ),
      )

    expect(demanded.filter((row) => !told.has(row))).toEqual([])
    expect(document.servers.map(({ url }) => url)).toEqual(['/', '/api'])
  })

  it.each([
    ['/tunnels', 'post', '400', 'MISSING_PARAMETER', true],
    ['/tunnels', 'get', '400', 'MISSING_PARAMETER', false],
    ['/tunnels/{id}', 'put', '400', 'INVALID_TUNNEL_CONFIG', true],
    ['/tunnels/{id}', 'delete', '400', 'INVALID_TUNNEL_CONFIG', false],
    ['/admin/users', 'get', '403', 'ADMIN_REQUIRED', true],
    ['/tunnels', 'get', '403', 'ADMIN_REQUIRED', false],
    ['/direct-proxy', 'get', '403', 'TIER_FEATURE_UNAVAILABLE', true],
    ['/ollama', 'get', '429', 'RATE_LIMIT_EXCEEDED', true],
    ['/auth/logout', 'post', '503', 'CACHE_UNAVAILABLE', true],
    ['/auth/token/refresh', 'post', '401', 'TOKEN_REFRESH_FAILED', true],
    ['/auth/me', 'get', '401', 'TOKEN_REFRESH_FAILED', false],
    ['/_gateway/ready', 'get', '503', 'SERVICE_UNAVAILABLE', true],
    ['/_gateway/health', 'get', '401', 'HTTPS_REQUIRED', true],
  ])('of %s, %s: %s %s of the gateway’s own: %s', (path, method, status, code, said) => {
    expect(codesOf(path, method, status)?.gateway.includes(code) ?? false).toBe(said)
  })

  it.each([
    ['/health', 'get', [{}, { bearer: [] }]],
    ['/tunnels', 'get', [{ bearer: [] }]],
    ['/ollama', 'post', [{ bearer: [] }, { apiKey: [] }]],
    ['/admin/users', 'get', [{ bearer: ['view_users'] }]],
    ['/alert-configuration', 'get', [{ bearer: ['view_alerts'] }, { bearer: ['manage_alerts'] }]],
  ])('lets in to %s, %s, whom the row lets in', (path, method, security) => {
    expect(document.paths[path]?.[method]?.security).toEqual(security)
  })

  it('knows the 39 codes of the contract, each under its status, and no other', () => {
    const answers = operations().flatMap(({ path, method, operation }) =>
      Object.keys(operation.responses).flatMap((status) => {
        const codes = codesOf(path, method, status)
        return [...(codes?.gateway ?? []), ...(codes?.relayed ?? [])].map(
          (code) => `${status} ${code}`,
        )
      }),
    )

    expect([...new Set(answers)].sort()).toEqual(
      rows.map(({ statusCode, code }) => `${statusCode} ${code}`).sort(),
    )
  })
})

/** What the edge makes of a body, and what a reader of the document expects. */
describe('a body schema says what the edge asks', () => {
  it.each([
    ['tunnel', { name: 'Home' }, true],
    ['tunnel', { name: 'Home', config: null, colour: 'red' }, true],
    ['tunnel', { name: 'Home', config: { timeout: '30', compression: 'true' } }, true],
    ['tunnel', {}, false],
    ['tunnel', { name: null }, false],
    ['tunnel', { name: '  ' }, false],
    ['tunnel', { name: 'x'.repeat(256) }, false],
    ['tunnel', { name: 'Home', config: [] }, false],
    ['tunnel', { name: 'Home', config: { maxConnections: 'many' } }, false],
    ['tunnel', { name: 'Home', config: { compression: 'yes' } }, false],
    ['tunnel', 'Home', false],
    ['tunnelChange', {}, true],
    ['tunnelChange', { name: '' }, false],
    ['tunnelConfig', { timeout: -1.5 }, true],
    ['tunnelConfig', { timeout: '1e3' }, false],
    ['email', {}, true],
    ['email', { email: 'ada@example.com', profile: null }, true],
    ['email', { recipientEmail: 'ada' }, false],
    ['email', { profile: { email: 'a b@example.com' } }, false],
    ['webhook', { url: 'https://example.com/hook' }, true],
    ['webhook', { callbackUrl: 7 }, false],
    ['session', { sessionId: 's1' }, true],
    ['session', { sessionId: 7 }, true],
    ['session', { sessionId: false }, false],
    ['session', {}, false],
  ] as const)('%s of %j: %s', (rule, body, sound) => {
    const name = `${rule.charAt(0).toUpperCase()}${rule.slice(1)}Body`
    const judge = new Ajv2020({ strict: false, validateFormats: false }).compile(
      document.components.schemas[name] ?? false,
    )

    expect(faultsIn(body, SCHEMAS[rule]).length === 0).toBe(sound)
    expect(judge(body)).toBe(sound)
  })
})
