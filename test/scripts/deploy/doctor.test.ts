import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../../scripts/doctor/finding.ts'
import { type LocalIssuer, startIssuer } from '../../../scripts/issuer.ts'
import { newSigningKey } from '../../../scripts/signing-key.ts'
import { type LocalStore, startStore } from '../../../scripts/store/bridge.ts'
import { startUpstream } from '../../../scripts/upstream/server.ts'
import { ACCOUNT, type FakeCloudflare, startCloudflare } from './fake-cloudflare.ts'
import { type Ended, openProject, wranglerToml } from './project.ts'

const API_TOKEN = 'cloudflare-token-nobody-may-see'
const STORE_TOKEN = 'store-token-nobody-may-see'
const KEYS_SECRET = 'keys-secret-nobody-may-see-in-any-output'
const WEBHOOK = 'https://hooks.chat.test/services/T000/webhook-key-nobody-may-see'

let issuer: LocalIssuer
let store: LocalStore
let upstream: Awaited<ReturnType<typeof startUpstream>>
beforeAll(async () => {
  ;[issuer, store, upstream] = await Promise.all([
    startIssuer(),
    startStore({ token: STORE_TOKEN, engine: 'embedded' }),
    startUpstream({}),
  ])
})
afterAll(() => Promise.all([issuer.stop(), store.stop(), upstream.stop()]))

const open: { stop(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((part) => part.stop()))
})

const variables = () => ({
  GATEWAY_ENV: 'staging',
  UPSTREAM_URL: upstream.url,
  JWT_ISSUER: issuer.issuer,
  JWT_AUDIENCE: issuer.audience,
})

const secrets = () => ({
  UPSTASH_REDIS_REST_URL: store.url,
  UPSTASH_REDIS_REST_TOKEN: STORE_TOKEN,
  KEYS_SECRET,
  GATEWAY_SIGNING_KEY: newSigningKey(),
  ALERT_WEBHOOK_URL: WEBHOOK,
})

interface Case {
  readonly toml?: Readonly<Record<string, string>>
  readonly env?: NodeJS.ProcessEnv
  readonly cloudflare?: Partial<Parameters<typeof startCloudflare>[0]>
  readonly set?: readonly string[]
}

/** The command as an operator runs it, wrangler included, before a Cloudflare on this machine. */
async function doctor({ toml, env, cloudflare, set }: Case, ...options: readonly string[]) {
  const fake: FakeCloudflare = await startCloudflare({
    token: API_TOKEN,
    workers: ['gateway-staging'],
    ...cloudflare,
  })
  const project = await openProject({ 'wrangler.toml': wranglerToml({ ...variables(), ...toml }) })
  open.push(fake, { stop: project.remove })
  for (const name of set ?? Object.keys(secrets()))
    fake.secrets.get('gateway-staging')?.set(name, '')
  const ended = await project.run('doctor.ts', ['--env', 'staging', ...options], {
    CLOUDFLARE_API_TOKEN: API_TOKEN,
    CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
    CLOUDFLARE_API_BASE_URL: fake.url,
    ...secrets(),
    ...env,
  })
  expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/nobody-may-see|"d":/)
  return ended
}

const findingsIn = ({ stdout }: Ended): readonly Finding[] => JSON.parse(stdout).findings

describe('npm run doctor', { timeout: 60_000 }, () => {
  it('ends with 0 where nothing stands in the way, and says what it has tried', async () => {
    const { code, stdout, stderr } = await doctor({})

    expect(stderr).toBe('')
    expect(stdout.replace(/\d+ ms/g, 'N ms').split('\n')).toEqual([
      'ok       settings: the worker can read them, as far as they are seen from here',
      'note     settings: UPSTREAM_URL is plain http: tokens travel to the upstream in the clear',
      'ok       upstream: UPSTREAM_URL answers /health with 200 in N ms',
      'ok       store: answers in N ms, runs scripts and takes writes',
      `ok       issuer ${issuer.issuer}: publishes 3 keys to verify with`,
      'ok       webhook: ALERT_WEBHOOK_URL is an https address; nothing was sent there',
      'ok       cloudflare: the API token is active',
      'ok       cloudflare: gateway-staging is there, with 5 secrets',
      '',
      'staging: nothing stands in the way of a deployment',
      '',
    ])
    expect(code).toBe(0)
  })

  it('judges the rest where the values of the secrets are not to be seen', async () => {
    const hidden = Object.fromEntries(Object.keys(secrets()).map((name) => [name, '']))

    const ended = await doctor({ env: hidden }, '--json')

    expect(ended.code).toBe(0)
    expect(findingsIn(ended)).toContainEqual({
      check: 'settings',
      state: 'note',
      says: `set, and not judged, for their values are told to nobody: ${Object.keys(secrets()).join(', ')}`,
      do: 'to have them judged and tried, put their values into the environment of this command',
    })
    expect(findingsIn(ended).map(({ check }) => check)).not.toContain('store')
  })

  it('tells everything that is wrong at once, and what to do about each', async () => {
    const ended = await doctor(
      {
        toml: {
          GATEWAY_ENV: 'production',
          UPSTREAM_URL: 'https://backend.example.com',
          LIMITS: '{"ip":{"fortnight":1}}',
          KEYS_SECRET: 'short',
        },
        env: { KEYS_SECRET: '' },
        cloudflare: { tokenStatus: 'expired' },
        set: ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN', 'KEYS_SECRET'],
      },
      '--json',
    )

    expect(ended.code).toBe(1)
    const problems = findingsIn(ended).filter(({ state }) => state === 'problem')
    expect(problems.map(({ check, says }) => `${check}: ${says}`)).toEqual([
      'settings: KEYS_SECRET: must have at least 32 characters',
      'settings: LIMITS.ip.fortnight: unknown window; use second, minute, hour, day, month or a number of seconds',
      'settings: UPSTREAM_URL is still an example',
      'settings: GATEWAY_ENV says production: log and console would name the wrong place',
      'cloudflare: the API token: expired',
      'cloudflare: KEYS_SECRET is a secret of the worker and a variable in wrangler.toml: no version with both can be uploaded',
    ])
    expect(problems.filter((finding) => !finding.do)).toEqual([])
  })

  it.each([
    ['the worker is not there yet', { workers: [] }, 0, /^note {5}cloudflare: there is no worker/m],
    ['the token sees no workers', { mayRead: false }, 1, /^PROBLEM {2}cloudflare: .* be listed/m],
    [
      'nobody knows the token',
      { token: 'another' },
      1,
      /^PROBLEM {2}cloudflare: .* not known there/m,
    ],
  ])('says so where %s', async (_, cloudflare, expected, line) => {
    const { code, stdout } = await doctor({ cloudflare })

    expect(stdout).toMatch(line)
    expect(code).toBe(expected)
  })

  it('names the secrets that the worker needs where nobody tells which it has', async () => {
    const hidden = Object.fromEntries(Object.keys(secrets()).map((name) => [name, '']))

    const { code, stdout } = await doctor({ cloudflare: { mayRead: false }, env: hidden })

    expect(stdout).toMatch(
      /^note {5}settings: whether UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN are set .*\n {9}npm run provision -- --env staging /m,
    )
    expect(code).toBe(1)
  })

  it('asks for the name of an environment that there is', async () => {
    const project = await openProject({ 'wrangler.toml': wranglerToml({}) })
    open.push({ stop: project.remove })

    const { code, stderr } = await project.run('doctor.ts', ['--env', 'prod'], {})

    expect(stderr).toBe('doctor: wrangler.toml has no [env.prod]; there are: staging\n')
    expect(code).toBe(1)
  })

  it('does not repeat a secret that was typed in the wrong place', async () => {
    const project = await openProject({ 'wrangler.toml': wranglerToml({}) })
    open.push({ stop: project.remove })

    const { stderr } = await project.run('doctor.ts', ['--env', API_TOKEN], {
      CLOUDFLARE_API_TOKEN: API_TOKEN,
    })

    expect(stderr).toBe('doctor: wrangler.toml has no [env.[masked]]; there are: staging\n')
  })

  it('looks at .dev.vars where no environment is named', async () => {
    const lines = Object.entries({ ...variables(), ...secrets(), GATEWAY_ENV: 'local' })
    const project = await openProject({
      'wrangler.toml': wranglerToml({}),
      '.dev.vars': lines.map(([name, value]) => `${name}='${value}'\n`).join(''),
    })
    open.push({ stop: project.remove })

    const { code, stdout } = await project.run('doctor.ts', [], {})

    expect(stdout).toMatch(/^ok {7}store: .*\n/m)
    expect(stdout).toMatch(/\nlocal: all is there\n$/)
    expect(stdout).not.toContain('nobody-may-see')
    expect(code).toBe(0)
  })

  it('says how to begin where there is no .dev.vars', async () => {
    const project = await openProject({ 'wrangler.toml': wranglerToml({}) })
    open.push({ stop: project.remove })

    const { code, stdout } = await project.run('doctor.ts', [], {})

    expect(stdout).toContain('PROBLEM  settings: there is no .dev.vars\n')
    expect(code).toBe(1)
  })
})
