import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RFC_KEY } from '../support/own-keys.ts'
import { openWorld, type World } from './world.ts'

let world: World
let judge: Ajv2020
let document: {
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly examples?: readonly object[] }>>
  }
}
beforeAll(async () => {
  world = await openWorld({ ROUTES: '', GATEWAY_SIGNING_KEY: JSON.stringify(RFC_KEY) })
  document = JSON.parse(await readFile('docs/openapi.json', 'utf8'))
  judge = new Ajv2020({ strict: false, validateFormats: false })
  judge.addSchema(document, 'openapi')
})
afterAll(() => world.stop())

/** What is wrong with an answer, in the eyes of who has read the document. */
function faultsOf(schema: string, body: unknown) {
  const validate = judge.getSchema(`openapi#/components/schemas/${schema}`)
  if (!validate) throw new Error(`the document has no ${schema}`)
  validate(body)
  return validate.errors ?? []
}

function examplesOf(schema: string): readonly object[] {
  return document.components.schemas[schema]?.examples ?? []
}

const SUBJECT = '/_gateway/admin/subjects/ip:192.0.2.1'

async function asAdmin(path: string, method = 'GET', body?: object) {
  const token = await world.issuer.mint({ roles: ['super_admin'] })
  const response = await fetch(world.gateway.url + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

describe('what the gateway answers itself is what the document says', () => {
  it.each([
    ['Health', 'GET', '/_gateway/health', undefined],
    ['Readiness', 'GET', '/_gateway/ready', undefined],
    ['KeySet', 'GET', '/.well-known/gateway-jwks.json', undefined],
    ['SubjectRecord', 'GET', SUBJECT, undefined],
    ['SubjectRecord', 'PATCH', SUBJECT, { limits: { minute: 5 }, blockSeconds: 60 }],
    ['SubjectRecord', 'GET', SUBJECT, undefined],
    ['SubjectList', 'GET', '/_gateway/admin/subjects?state=blocked', undefined],
    ['AuditTrail', 'GET', '/_gateway/admin/audit?limit=5', undefined],
    ['Exchanges', 'GET', '/_gateway/admin/exchanges/req-nobody-knows', undefined],
  ])('%s: %s %s', async (schema, method, path, change) => {
    const { status, body } = await asAdmin(path, method, change)

    expect(status).toBe(200)
    expect(faultsOf(schema, body)).toEqual([])
    expect(change ? faultsOf('SubjectChange', change) : []).toEqual([])
  })

  it.each(['Health', 'Readiness', 'SubjectRecord', 'SubjectList', 'SubjectChange', 'AuditTrail'])(
    'it shows how a %s looks',
    (schema) => {
      const examples = examplesOf(schema)

      expect(examples.length).toBeGreaterThan(0)
      expect(examples.flatMap((example) => faultsOf(schema, example))).toEqual([])
    },
  )

  it('it shows changes that can be made', async () => {
    const name = Buffer.from('user:https://tenant.example.com/|auth0|ada').toString('base64url')
    const path = `/_gateway/admin/subjects/${name}`
    const statuses: number[] = []
    for (const change of examplesOf('SubjectChange')) {
      statuses.push((await asAdmin(path, 'PATCH', change)).status)
    }

    expect(new Set(statuses)).toEqual(new Set([200]))
  })

  it.each([
    ['Envelope', 'application/json'],
    ['Problem', 'application/problem+json'],
  ])('%s, where %s is asked for', async (schema, accept) => {
    const response = await fetch(`${world.gateway.url}/tunnels`, { headers: { Accept: accept } })

    expect(response.headers.get('Content-Type')).toContain(accept)
    expect(faultsOf(schema, await response.json())).toEqual([])
  })

  it('finds fault with what is not so', () => {
    expect(faultsOf('Health', { status: 'well' })).not.toEqual([])
    expect(faultsOf('Envelope', { error: { code: 'NOBODY' } })).not.toEqual([])
  })
})
