import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { trafficAt } from '../../../scripts/rollout/gateway.ts'
import type { ServedWorker } from '../../../scripts/serve.ts'
import { openProject, type Project, wranglerToml } from '../../scripts/deploy/project.ts'
import type { World } from '../../wire/world.ts'
import { openJudgedWorld } from '../judged-world.ts'
import { hourThen, NEW, OLD, startEdge } from './edge.ts'

const ROOT = join(import.meta.dirname, '../../..')
const ADMIN_TOKEN = 'admin-token-nobody-may-see'

let world: World
let gateway: ServedWorker
let project: Project
beforeAll(async () => {
  const opened = await openJudgedWorld()
  world = opened.world
  gateway = opened.gateway
  project = await openProject({ 'wrangler.toml': wranglerToml({}) })
})
afterAll(async () => {
  await world.stop()
  await project.remove()
})

type Edge = Awaited<ReturnType<typeof startEdge>>
let edge: Edge
afterEach(() => edge.stop())

const judged = () => ['--', '--issuer', world.issuer.issuer, '--max-body', '20000']
const programs = () => ({
  WRANGLER_PROGRAM: join(ROOT, 'test/conform/rollout/fake-wrangler.ts'),
  FAKE_CLOUDFLARE: edge.file,
})

/** The command as an operator runs it. */
const rollout = (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
  project.run(
    'rollout.ts',
    ['--env', 'staging', '--url', edge.url, '--watch', '0', ...args, ...judged()],
    { ...programs(), GATEWAY_ADMIN_TOKEN: ADMIN_TOKEN, ...env },
  )

const deployments = async () =>
  (await edge.state()).calls
    .filter((call) => call.startsWith('versions deploy'))
    .map((call) => call.replaceAll(NEW, 'new').replaceAll(OLD, 'old').replace(/ --.*/, ''))

const everything = [{ version_id: OLD, percentage: 100 }]

describe('npm run rollout', { timeout: 120_000 }, () => {
  it('gives the new version more and more, judged and watched at each step', async () => {
    edge = await startEdge(gateway.url, {
      points: () => hourThen({ requests: 500, errors: 1 }),
    })

    const { code, stdout, stderr } = await rollout()

    expect(stderr).toBe('')
    expect(await deployments()).toEqual([
      'versions deploy new@0% old@100%',
      'versions deploy new@10% old@90%',
      'versions deploy new@50% old@50%',
      'versions deploy new@100%',
    ])
    expect((await edge.state()).calls.at(-1)).toBe('triggers deploy --env staging')
    expect(stdout.replace(/\d+ clauses/g, 'N clauses').split('\n')).toEqual([
      `version ${NEW} follows ${OLD} at ${edge.url}`,
      '0 %: deploying',
      '0 %: the contract is kept: N clauses held, none is broken',
      ...[10, 50, 100].flatMap((percentage) => [
        `${percentage} %: deploying`,
        `${percentage} %: the contract is kept: N clauses held, none is broken`,
        `${percentage} %: 1 of 500 requests failed, before 58 of 58000 requests failed`,
      ]),
      `version ${NEW} has all requests`,
      '',
    ])
    expect(code).toBe(0)
  })

  it('gives nobody to a version that breaks the contract, though the one before keeps it', async () => {
    edge = await startEdge(gateway.url, {
      newAnswer: ({ headers: { 'x-correlation-id': _, ...headers }, ...rest }) => ({
        ...rest,
        headers,
      }),
    })

    const { code, stdout } = await rollout()

    expect(await deployments()).toEqual([
      'versions deploy new@0% old@100%',
      'versions deploy old@100%',
    ])
    expect(stdout).toMatch(
      /^0 %: the contract is broken \(.*correlation-header.*\): npm run conform/m,
    )
    expect(stdout).toContain(`\nrolled back: version ${OLD} has all requests\n`)
    expect((await edge.state()).versions).toEqual(everything)
    expect(code).toBe(1)
  })

  it('takes the requests back where too many fail that no judge asks', async () => {
    edge = await startEdge(gateway.url, {
      points: (percentage) => hourThen({ requests: 500, errors: percentage === 50 ? 60 : 1 }),
    })

    const { code, stdout } = await rollout()

    expect(await deployments()).toEqual([
      'versions deploy new@0% old@100%',
      'versions deploy new@10% old@90%',
      'versions deploy new@50% old@50%',
      'versions deploy old@100%',
    ])
    expect(stdout).toContain(
      '50 %: too many errors: 60 of 500 requests failed, before 58 of 58000 requests failed\n',
    )
    expect((await edge.state()).calls).not.toContain('triggers deploy --env staging')
    expect(code).toBe(1)
  })

  it('takes them back where the error rate can no longer be read', async () => {
    let asked = 0
    edge = await startEdge(gateway.url, {
      points: () => hourThen({ requests: 9, errors: asked++ === 0 ? 0 : Number.NaN }),
    })

    const { code, stdout } = await rollout(['--watch', '1'])

    expect(stdout).toContain(
      '10 %: the error rate is unknown: /_gateway/admin/traffic is not to be',
    )
    expect((await edge.state()).versions).toEqual(everything)
    expect(code).toBe(1)
  })

  it('says loudly what to type where even that fails', async () => {
    edge = await startEdge(gateway.url, {
      newAnswer: (received) => ({ ...received, status: 200, body: 'hello' }),
      failing: { [`versions deploy ${OLD}`]: 9 },
    })

    const { code, stdout } = await rollout()

    expect(stdout).toContain(
      `\nTHE ROLL-BACK FAILED: THE NEW VERSION MAY STILL ANSWER REQUESTS. Type this now:\n\n  npx wrangler versions deploy ${OLD}@100% --env staging -y\n`,
    )
    expect(code).toBe(2)
  })

  it('tries to take them back once more, and believes only what is deployed', async () => {
    edge = await startEdge(gateway.url, {
      newAnswer: (received) => ({ ...received, status: 200, body: 'hello' }),
      failing: { [`versions deploy ${OLD}`]: 1 },
    })

    const { code, stdout } = await rollout()

    expect((await edge.state()).versions).toEqual(everything)
    expect(stdout).toContain(`\nrolled back: version ${OLD} has all requests\n`)
    expect(code).toBe(1)
  })

  it('takes them back when it is interrupted', async () => {
    edge = await startEdge(gateway.url, { points: () => hourThen({ requests: 9, errors: 0 }) })
    const args = ['--env', 'staging', '--url', edge.url, '--watch', '600', ...judged()]
    const child = spawn(process.execPath, [join(ROOT, 'scripts/rollout.ts'), ...args], {
      cwd: project.folder,
      env: { ...process.env, ...programs(), GATEWAY_ADMIN_TOKEN: ADMIN_TOKEN },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const printed = text(child.stdout)
    const ended = new Promise((resolve) => child.once('exit', resolve))

    await expect.poll(deployments, { timeout: 60_000 }).toContain('versions deploy new@10% old@90%')
    child.kill('SIGTERM')

    expect(await ended).toBe(1)
    expect(await printed).toContain('10 %: it was interrupted\n')
    expect((await edge.state()).versions).toEqual(everything)
  })

  it('does not let the version before be judged in the new one’s place', async () => {
    edge = await startEdge(gateway.url, { ignoresChoice: true })

    const { code, stdout } = await rollout(['--meet', '1'])

    expect(stdout).toContain(`the new version cannot be met at ${edge.url}: version ${OLD} answers`)
    expect((await edge.state()).versions).toEqual(everything)
    expect(code).toBe(1)
  })

  it('reads what the gateway itself says of its traffic', async () => {
    edge = await startEdge(gateway.url)
    const token = await world.issuer.mint({ subject: 'operator', roles: ['super_admin'] })

    const points = await trafficAt(new URL(gateway.url), async () => token, {})

    expect(points).toHaveLength(60)
    const age = Date.now() - (points.at(-1)?.at ?? 0)
    expect(age).toBeLessThan(120_000)
    expect(points.every(({ requests, errors }) => requests >= 0 && errors >= 0)).toBe(true)
  })

  it('rolls out what was uploaded already, such as a new secret', async () => {
    edge = await startEdge(gateway.url)

    const { code } = await rollout(['--conform-only', '--shares', '100', '--version', NEW])

    expect((await edge.state()).uploaded).toEqual([])
    expect(await deployments()).toEqual([
      'versions deploy new@0% old@100%',
      'versions deploy new@100%',
    ])
    expect(code).toBe(0)
  })

  it('says what is left to be typed where routes and schedules are not applied', async () => {
    edge = await startEdge(gateway.url, { failing: { 'triggers deploy': 1 } })

    const { code, stdout } = await rollout(['--conform-only', '--shares', '100'])

    expect((await edge.state()).versions).toEqual([{ version_id: NEW, percentage: 100 }])
    expect(stdout).toMatch(/: npx wrangler triggers deploy --env staging\n$/)
    expect(code).toBe(2)
  })

  it.each([
    [
      'nobody gives it a token',
      {},
      { GATEWAY_ADMIN_TOKEN: '' },
      /needs GATEWAY_ADMIN_TOKEN or ADMIN_TOKEN_ENDPOINT; --conform-only/,
    ],
    [
      'its token may not read the traffic',
      { adminToken: 'another' },
      {},
      /answers \/_gateway\/admin\/traffic with 401/,
    ],
    [
      'another rollout was left half-way',
      {
        deployed: [
          { version_id: NEW, percentage: 50 },
          { version_id: OLD, percentage: 50 },
        ],
      },
      {},
      /a rollout is under way, or was left: \S+ \(50 %\) and \S+ \(50 %\)/,
    ],
    ['nothing is deployed yet', { deployed: [] }, {}, /npm run deploy makes the first version/],
    [
      'the upload fails',
      { failing: { 'versions upload': 1 } },
      {},
      /the upload failed: A request to the Cloudflare API failed/,
    ],
  ])('deploys nothing where %s', async (_, options, env, sentence) => {
    edge = await startEdge(gateway.url, options)

    const { code, stderr } = await rollout([], env)

    expect(stderr).toMatch(sentence)
    expect(await deployments()).toEqual([])
    expect(code).toBe(1)
  })
})
