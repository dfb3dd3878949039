import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configFrom } from '../../../src/config.ts'
import { ACCOUNT, type FakeCloudflare, startCloudflare } from './fake-cloudflare.ts'
import { API_KEY, EMAIL, startUpstash } from './fake-upstash.ts'
import { openProject, type Project, wranglerToml } from './project.ts'

const API_TOKEN = 'cloudflare-token-nobody-may-see'
const WORKER = 'gateway-staging'

let upstash: Awaited<ReturnType<typeof startUpstash>>
let cloudflare: FakeCloudflare
let project: Project
beforeEach(async () => {
  upstash = await startUpstash()
  await open({})
})
afterEach(() => Promise.all([upstash.stop(), cloudflare.stop(), project.remove()]))

async function open(options: Partial<Parameters<typeof startCloudflare>[0]>) {
  cloudflare = await startCloudflare({ token: API_TOKEN, workers: [WORKER], ...options })
  project = await openProject({ 'wrangler.toml': wranglerToml({ GATEWAY_ENV: 'staging' }) })
}

async function provision(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const ended = await project.run('provision.ts', ['--env', 'staging', ...args], {
    CLOUDFLARE_API_TOKEN: API_TOKEN,
    CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
    CLOUDFLARE_API_BASE_URL: cloudflare.url,
    UPSTASH_EMAIL: EMAIL,
    UPSTASH_API_KEY: API_KEY,
    UPSTASH_API_URL: upstash.url,
    ...env,
  })
  const output = `${ended.stdout}${ended.stderr}`
  expect(output).not.toContain('nobody-may-see')
  const held = [...(cloudflare.secrets.get(WORKER)?.values() ?? [])]
  expect(held.filter((value) => value !== '' && output.includes(value))).toEqual([])
  return ended
}

const secretsOf = (worker: string) => Object.fromEntries(cloudflare.secrets.get(worker) ?? [])
const REGION = ['--region', 'eu-central-1']

describe('npm run provision', { timeout: 60_000 }, () => {
  it('says what it would do, and does nothing of it', async () => {
    const { code, stdout } = await provision([...REGION, '--read-regions', 'us-east-1'])

    expect(
      stdout,
    ).toBe(`create  database gateway-staging at Upstash, in aws eu-central-1, read from us-east-1
set     secret UPSTASH_REDIS_REST_URL of gateway-staging, from the database
set     secret UPSTASH_REDIS_REST_TOKEN of gateway-staging, from the database
set     secret KEYS_SECRET of gateway-staging, made at random
set     secret GATEWAY_SIGNING_KEY of gateway-staging, made at random

This is what would be done. Do it with --apply.
`)
    expect(code).toBe(0)
    expect(upstash.asked.map(({ what }) => what)).toEqual(['GET /v2/redis/databases'])
    expect(cloudflare.asked.filter((what) => !what.startsWith('GET '))).toEqual([])
    expect(secretsOf(WORKER)).toEqual({})
  })

  it('makes the database and all secrets, which the worker can read', async () => {
    const { code } = await provision(['--apply', ...REGION, '--plan', 'payg'])

    expect(code).toBe(0)
    expect(upstash.asked.find(({ what }) => what === 'POST /v2/redis/database')?.body).toEqual({
      database_name: 'gateway-staging',
      platform: 'aws',
      primary_region: 'eu-central-1',
      plan: 'payg',
      eviction: false,
      tls: true,
    })
    const secrets = secretsOf(WORKER)
    expect(secrets).toEqual({
      UPSTASH_REDIS_REST_URL: 'https://slug-of-id-1.upstash.io',
      UPSTASH_REDIS_REST_TOKEN: 'rest-token-1-nobody-may-see',
      KEYS_SECRET: expect.stringMatching(/^[0-9a-f]{64}$/),
      GATEWAY_SIGNING_KEY: expect.stringContaining('"crv":"Ed25519"'),
    })
    const others = {
      UPSTREAM_URL: 'https://u.test',
      JWT_ISSUER: 'https://i.test/',
      JWT_AUDIENCE: 'x',
    }
    expect(configFrom({ ...others, ...secrets }).valid).toBe(true)
  })

  it('run again, makes nothing twice and overwrites nothing', async () => {
    await provision(['--apply', ...REGION])
    const before = secretsOf(WORKER)

    const { stdout } = await provision(['--apply', ...REGION])

    expect(upstash.made).toHaveLength(1)
    expect(secretsOf(WORKER)).toEqual(before)
    expect(stdout).toContain(
      'keep    secret GATEWAY_SIGNING_KEY of gateway-staging\nnothing to set\n',
    )
  })

  it('finds the database again when it was stopped before the secrets were set', async () => {
    upstash.add('another', 'us-east-1')
    upstash.add(WORKER, 'eu-west-1')

    const { stdout } = await provision(['--apply'])

    expect(stdout).toContain('keep    database gateway-staging at Upstash, in eu-west-1\n')
    expect(upstash.made).toHaveLength(2)
    expect(secretsOf(WORKER)).toMatchObject({
      UPSTASH_REDIS_REST_TOKEN: 'rest-token-2-nobody-may-see',
    })
  })

  it('gives a worker that is not there yet its secrets', async () => {
    await cloudflare.stop()
    await project.remove()
    await open({ workers: [] })

    const { code } = await provision(['--apply', ...REGION])

    expect(code).toBe(0)
    expect(Object.keys(secretsOf(WORKER))).toHaveLength(4)
  })

  it('sets the store’s two secrets anew, and no other, after its token was reset', async () => {
    await provision(['--apply', ...REGION])
    const before = secretsOf(WORKER)
    upstash.made.splice(0, 1)
    upstash.add(WORKER, 'eu-central-1')
    upstash.add('a later one', 'eu-central-1')
    upstash.made.splice(0, 1, { ...upstash.made[0], rest_token: 'reset-nobody-may-see' } as never)

    const { stdout } = await provision(['--apply', '--renew-store'])

    expect(stdout).toContain('done    UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN\n')
    expect(secretsOf(WORKER)).toEqual({
      ...before,
      UPSTASH_REDIS_REST_TOKEN: 'reset-nobody-may-see',
    })
  })

  it('takes values of one’s own from the environment, and then does not ask Upstash', async () => {
    const { stdout } = await provision(['--apply', '--without', 'GATEWAY_SIGNING_KEY'], {
      UPSTASH_REDIS_REST_URL: 'https://mine-nobody-may-see.test',
      UPSTASH_REDIS_REST_TOKEN: 'mine-nobody-may-see',
      TOKEN_CLIENT_SECRET: 'client-nobody-may-see',
      UPSTASH_API_KEY: '',
    })

    expect(stdout).toContain('secret TOKEN_CLIENT_SECRET of gateway-staging, from the environment')
    expect(upstash.asked).toEqual([])
    expect(Object.keys(secretsOf(WORKER)).sort()).toEqual([
      'KEYS_SECRET',
      'TOKEN_CLIENT_SECRET',
      'UPSTASH_REDIS_REST_TOKEN',
      'UPSTASH_REDIS_REST_URL',
    ])
  })

  it.each([
    ['without a region', ['--apply'], {}, {}, /where shall the database be/],
    [
      'with another key',
      [...REGION],
      { UPSTASH_API_KEY: 'another' },
      {},
      /does not know UPSTASH_EMAIL/,
    ],
    [
      'without a key',
      [...REGION],
      { UPSTASH_API_KEY: '' },
      {},
      /UPSTASH_API_KEY are needed .*, or UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN/,
    ],
    [
      'without the right to see secrets',
      [...REGION],
      {},
      { mayRead: false },
      /cannot be listed: .*npx wrangler login/,
    ],
    [
      'while the last version is not deployed',
      ['--apply', ...REGION],
      {},
      { undeployedVersion: true },
      /last version is not deployed: .* --as-version/,
    ],
  ])('stops with a sentence %s', async (_, args, env, options, sentence) => {
    await cloudflare.stop()
    await project.remove()
    await open(options)

    const { code, stderr } = await provision(args, env)

    expect(stderr).toMatch(sentence)
    expect(code).toBe(1)
    expect(secretsOf(WORKER)).toEqual({})
  })

  it('stops before it makes one of two databases of the same name', async () => {
    upstash.add(WORKER, 'eu-central-1')
    upstash.add(WORKER, 'us-east-1')

    const { code, stderr } = await provision(['--apply', ...REGION])

    expect(stderr).toContain('several databases named gateway-staging')
    expect(code).toBe(1)
  })
})
