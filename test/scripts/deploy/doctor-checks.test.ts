import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkIssuers } from '../../../scripts/doctor/issuers.ts'
import { judgeSettings } from '../../../scripts/doctor/settings.ts'
import { checkStore } from '../../../scripts/doctor/store.ts'
import { checkUpstreams } from '../../../scripts/doctor/upstream.ts'
import { checkWebhook } from '../../../scripts/doctor/webhook.ts'
import { freePort } from '../../../scripts/free-port.ts'
import { type LocalIssuer, startIssuer } from '../../../scripts/issuer.ts'
import { type LocalStore, startStore } from '../../../scripts/store/bridge.ts'
import { close, listen } from '../../../scripts/upstream/listen.ts'
import { configFrom } from '../../../src/config.ts'
import { READ_ONLY, startRefusingStore } from './refusing-store.ts'

const TOKEN = 'the-store-token'

let issuer: LocalIssuer
let store: LocalStore
beforeAll(async () => {
  ;[issuer, store] = await Promise.all([
    startIssuer(),
    startStore({ token: TOKEN, engine: 'embedded' }),
  ])
})
afterAll(() => Promise.all([issuer.stop(), store.stop()]))

const nobody = async () => `http://127.0.0.1:${await freePort()}`
const storeAt = (url: string, token = TOKEN) => ({
  UPSTASH_REDIS_REST_URL: url,
  UPSTASH_REDIS_REST_TOKEN: token,
})

describe('the store', () => {
  it('is good when it runs a script by its hash that writes', async () => {
    const [finding, ...more] = await checkStore(storeAt(store.url))

    expect(finding).toMatchObject({ state: 'ok', says: expect.stringMatching(/runs scripts/) })
    expect(more).toEqual([])
  })

  it('is not good with another token', async () => {
    expect(await checkStore(storeAt(store.url, 'another'))).toEqual([
      {
        check: 'store',
        state: 'problem',
        says: 'it does not know the token',
        do: 'copy UPSTASH_REDIS_REST_TOKEN anew',
      },
    ])
  })

  it.each([
    ['may only read', READ_ONLY, /^the token may only read/],
    ['is no store', { PING: { status: 200, body: 'welcome' } }, /no PONG/],
    [
      'has no scripts',
      {
        PING: { status: 200, body: { result: 'PONG' } },
        EVAL: { status: 400, body: { error: "ERR unknown command 'eval'" } },
      },
      /^it runs no script/,
    ],
    [
      'runs a script once and forgets it',
      {
        PING: { status: 200, body: { result: 'PONG' } },
        EVAL: { status: 200, body: { result: 'written' } },
        EVALSHA: { status: 400, body: { error: 'NOSCRIPT No matching script' } },
      },
      /^it runs no script/,
    ],
  ])('is not good when it %s', async (_, answers, says) => {
    const refusing = await startRefusingStore(answers)

    const findings = await checkStore(storeAt(refusing.url))
    await refusing.stop()

    expect(findings).toEqual([
      expect.objectContaining({ state: 'problem', says: expect.stringMatching(says) }),
    ])
  })

  it('is not good when nobody is there', async () => {
    expect(await checkStore(storeAt(await nobody()))).toMatchObject([
      { state: 'problem', says: 'nobody listens there' },
    ])
  })

  it('is not tried without its secrets', async () => {
    expect(await checkStore({ UPSTASH_REDIS_REST_URL: store.url })).toEqual([])
  })
})

describe('the upstream', () => {
  it.each([
    [200, 'ok'],
    [404, 'ok'],
    [503, 'problem'],
  ])('that answers /health with %i is %s', async (status, state) => {
    const paths: (string | undefined)[] = []
    const server = createServer(({ url }, response) => {
      paths.push(url)
      response.writeHead(status).end('anything')
    })
    const address = `http://127.0.0.1:${await listen(server)}/base`

    const findings = await checkUpstreams({ UPSTREAM_URL: address })
    await close(server)

    expect(findings.map((finding) => finding.state)).toEqual([state])
    expect(paths).toEqual(['/base/health'])
  })

  it('is a problem when nobody is there, each by its setting', async () => {
    const address = await nobody()

    const findings = await checkUpstreams({ UPSTREAM_URL: address, UPSTREAM_FALLBACK_URL: address })

    expect(findings.map(({ says }) => says)).toEqual([
      'UPSTREAM_URL: nobody listens there',
      'UPSTREAM_FALLBACK_URL: nobody listens there',
    ])
  })

  it('is not asked where its address is an example', async () => {
    expect(await checkUpstreams({ UPSTREAM_URL: 'https://api.example.com' })).toEqual([])
  })
})

describe('an issuer', () => {
  const found = async (address: string, more = {}) => {
    const outcome = configFrom({
      UPSTREAM_URL: 'http://127.0.0.1:1',
      ...storeAt(store.url),
      JWT_ISSUER: address,
      JWT_AUDIENCE: 'x',
      ...more,
    })
    if (!outcome.valid) throw new Error(outcome.problems.join())
    return checkIssuers(outcome.config)
  }

  it.each([
    ['spelled without its slash', () => issuer.issuer.slice(0, -1), /names another issuer/],
    ['where nobody is', nobody, /not to be had: unreachable/],
  ])('%s has no keys', async (_, address, says) => {
    expect(await found(await address())).toEqual([
      expect.objectContaining({ state: 'problem', says: expect.stringMatching(says) }),
    ])
  })

  it.each(['html', 'noKeys'] as const)('whose key set is %s has none either', async (failure) => {
    issuer.fail(failure)
    const findings = await found(issuer.issuer)
    issuer.fail('none')

    expect(findings.map(({ state }) => state)).toEqual(['problem'])
  })

  it('with a token endpoint has that asked, too', async () => {
    const client = { TOKEN_CLIENT_ID: 'a', TOKEN_CLIENT_SECRET: 'b' }
    const good = await found(issuer.issuer, { TOKEN_ENDPOINT: issuer.tokenEndpoint, ...client })
    const gone = await found(issuer.issuer, {
      TOKEN_ENDPOINT: `${await nobody()}/token`,
      ...client,
    })

    expect(good.map(({ state }) => state)).toEqual(['ok', 'ok'])
    expect(gone.map(({ state }) => state)).toEqual(['ok', 'problem'])
  })
})

describe('settings that were copied', () => {
  it.each([
    ['https://backend.example.com', true],
    ['https://your-tenant.example.com/', true],
    ['https://example.org', true],
    ['https://api.acme.example/v1', true],
    ['https://counterexample.com', false],
    ['https://example.community', false],
    ['https://example.com.acme.test', false],
    ['https://api.cloudtolocalllm.online', false],
  ])('%s is an example: %s', (address, isExample) => {
    const target = { environment: 'staging', worker: 'w', variables: {} }
    const deployed = { target, secrets: { kind: 'known', names: [] } as const, inHand: [] }

    const { findings } = judgeSettings({
      environment: 'staging',
      deployed,
      values: { UPSTREAM_URL: address },
      unseen: [],
    })

    expect(findings.some(({ says }) => says === 'UPSTREAM_URL is still an example')).toBe(isExample)
  })
})

describe('a webhook', () => {
  const checked = (address: string, where: 'secret' | 'wrangler.toml') => {
    const variables = where === 'secret' ? {} : { ALERT_WEBHOOK_URL: address }
    const target = { environment: 'staging', worker: 'w', variables }
    return checkWebhook({
      environment: 'staging',
      deployed: { target, secrets: { kind: 'known', names: [] }, inHand: [] },
      values: { ALERT_WEBHOOK_URL: address },
      unseen: [],
    }).map(({ state }) => state)
  }

  it.each([
    ['https://hooks.chat.test/T0/B0/XXXXXXXXXXXXXXXXXXXXXXXX', 'secret', 'ok'],
    ['http://127.0.0.1:9000/alerts', 'secret', 'ok'],
    ['https://hooks.chat.test/T0/B0/XXXXXXXXXXXXXXXXXXXXXXXX', 'wrangler.toml', 'problem'],
    ['http://hooks.chat.test/alerts', 'secret', 'problem'],
    ['not an address', 'secret', 'problem'],
  ] as const)('at %s in %s is %s', (address, where, state) => {
    expect(checked(address, where)).toEqual([state])
  })
})
