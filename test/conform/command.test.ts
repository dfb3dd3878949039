import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import { selfSigned } from '../wire/self-signed.ts'
import type { World } from '../wire/world.ts'
import { ORIGIN, openJudgedWorld } from './judged-world.ts'
import { plantIn } from './planting-proxy.ts'
import { outlineOf } from './xml-outline.ts'

let world: World
let gateway: ServedWorker
let folder: string
beforeAll(async () => {
  const opened = await openJudgedWorld()
  world = opened.world
  gateway = opened.gateway
  folder = await mkdtemp(join(tmpdir(), 'conform-'))
})
afterAll(async () => {
  await world.stop()
  await rm(folder, { recursive: true, force: true })
})

function conform(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return promisify(execFile)('node_modules/.bin/node', ['scripts/conform.ts', ...args], {
    env: { ...process.env, ...env },
    maxBuffer: 16_777_216,
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )
}

const atTheGateway = () => [gateway.url, '--issuer', world.issuer.issuer, '--max-body', '20000']

/** Text that no format may take for its own. */
const HOSTILE = ']]></failure> & "quoted" \u001b[31m <b>'

async function withHostileFault<T>(use: (url: string) => Promise<T>): Promise<T> {
  const faulty = await plantIn(gateway.url, {
    answer: (received) =>
      received.status === 404
        ? { ...received, body: received.body && HOSTILE.repeat(2) }
        : received,
  })
  try {
    return await use(faulty.url)
  } finally {
    await faulty.stop()
  }
}

describe('npm run conform', () => {
  it('ends with 0 and says of each clause how it stands', async () => {
    const { code, stdout } = await conform([...atTheGateway(), '--origin', ORIGIN])

    expect(code).toBe(0)
    expect(stdout).toMatch(/: \d+ held, 0 broken, 5 not tried, 0 not applicable; \d+ requests\n/)
    expect(stdout).toContain(
      'held            missing-token: Without a token a guarded path answers MISSING_TOKEN.\n',
    )
    expect(stdout).toMatch(
      /not tried {7}limit-kept: .*\n +it takes a flood: --flood \d+ at least\n/,
    )
  })

  it('ends with 1 where something is broken, and shows by what', async () => {
    const { code, stdout } = await withHostileFault((url) => conform([url, '--max-body', '20000']))

    expect(code).toBe(1)
    expect(stdout).toContain(', 1 broken, ')
    expect(stdout).toMatch(
      /BROKEN {10}error-json: .*\n +the body is no JSON \(.*\)\n +> GET \/conform-\S+\n(?: +> .*\n)* +< 404\n/,
    )
    expect(stdout).toContain('< x-correlation-id: ')
    expect(stdout).toContain('< ]]></failure> & "quoted" \ufffd[31m <b>')
  })

  it('sends its headers with every request', async () => {
    const missed: string[] = []
    const listening = await plantIn(gateway.url, {
      request(sent) {
        if (sent.headers['x-choice'] !== 'a="b: c"') missed.push(`${sent.method} ${sent.path}`)
        return sent
      },
    })
    const header = ['--header', 'X-Choice: a="b: c"', '--header', 'X-Other: 1']
    const issuer = ['--issuer', world.issuer.issuer]

    const { code } = await conform([listening.url, '--max-body', '20000', ...issuer, ...header])
    await listening.stop()

    expect([code, missed]).toEqual([0, []])
  })

  it('announces a flood, on the side', async () => {
    const { stderr } = await conform([...atTheGateway(), '--flood', '3'])

    expect(stderr).toBe('conform: this floods /tunnels with up to 3 requests\n')
  })

  it('tells programs the same as JSON', async () => {
    const { code, stdout } = await withHostileFault((url) =>
      conform([url, '--json', '--max-body', '20000']),
    )

    const { clauses } = JSON.parse(stdout)
    const { verdict, findings } = clauses.find(({ id }: { id: string }) => id === 'error-json')
    expect([code, verdict]).toEqual([1, 'broken'])
    expect(findings[0]).toMatchObject({
      what: 'the body is no JSON',
      request: { line: expect.stringMatching(/^GET \/conform-/) },
      answer: { status: 404, body: HOSTILE.repeat(2) },
    })
    expect(clauses).toContainEqual({
      id: 'good-token',
      sentence: 'A good token is not refused as one that is not.',
      verdict: 'not tried',
      reason: 'there is none: --token or --issuer gives one',
    })
  })

  it('writes JUnit beside its text, or in its place', async () => {
    const file = join(folder, 'junit.xml')
    const [beside, inPlace] = await withHostileFault(async (url) => [
      await conform([url, '--max-body', '20000', '--junit', file]),
      await conform([url, '--max-body', '20000', '--junit', '-']),
    ])

    expect(beside.stdout).toContain('BROKEN ')
    const written = outlineOf(await readFile(file, 'utf8'))
    expect(outlineOf(inPlace.stdout)).toEqual(written)
    expect(written).toMatchObject({ testsuite: 1, testcase: 44, failure: 1 })
  })

  it('shows nobody the tokens that it was given', async () => {
    const token = await world.issuer.mint({ subject: 'conform|ada' })
    const given = { CONFORM_TOKEN: token, CONFORM_EXPIRED_TOKEN: token }
    const args = [gateway.url, '--max-body', '20000', '--guarded', '/health', '--json']

    const { code, stdout } = await conform(args, given)

    expect(code).toBe(1)
    expect(stdout).toContain('"Authorization": "Bearer ')
    const [, , signature = ''] = token.split('.')
    expect(stdout).not.toContain(signature.slice(0, 12))
    expect(stdout).not.toContain(token.slice(0, 60))
  })

  it('judges over TLS, and only whom its certificate authorities vouch for', async () => {
    const tls = selfSigned()
    const authority = join(folder, 'authority.pem')
    await writeFile(authority, tls.cert)
    const secure = await plantIn(gateway.url, {}, tls)
    const args = [secure.url, '--max-body', '20000', '--flood', '2']

    const [vouchedFor, unknown] = await Promise.all([
      conform(args, { NODE_EXTRA_CA_CERTS: authority }),
      conform(args),
    ])
    await secure.stop()

    expect([vouchedFor.code, unknown.code]).toEqual([0, 2])
    expect(vouchedFor.stdout).toContain(' 0 broken, ')
    expect(unknown.stderr).toContain('nobody answers')
  })

  it.each([
    [[], 'give one URL'],
    [['http://a.test', 'http://b.test'], 'give one URL'],
    [['ftp://a.test'], 'URL takes an http or https URL, not "ftp://a.test"'],
    [['http://127.0.0.1:9', '--also', 'x'], 'a path begins with a slash, unlike "x"'],
    [['http://127.0.0.1:9', '--flood', 'yes'], '--flood takes a whole number, not "yes"'],
    [['http://127.0.0.1:9', '--header', 'x'], `--header takes 'Name: text', not "x"`],
    [['http://127.0.0.1:9', '--frob'], "Unknown option '--frob'"],
    [['http://127.0.0.1:9'], 'nobody answers at http://127.0.0.1:9'],
    [
      ['http://127.0.0.1:9', '--issuer', 'http://127.0.0.1:9'],
      'nobody answers at http://127.0.0.1',
    ],
  ])('ends with 2 for %j', async (args, reason) => {
    const { code, stdout, stderr } = await conform(args)

    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`conform: ${reason}`)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  it('says what it does', async () => {
    const { code, stdout } = await conform(['--help'])

    expect(code).toBe(0)
    expect(stdout).toContain('Usage: npm run -s conform -- URL [options]')
    expect(stdout).toContain('--flood N')
  })
})
