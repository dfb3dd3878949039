import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const SHARED = ['src', 'scripts', 'node_modules', 'package.json', 'tsconfig.json']
const SECRET = 'hunter2-hunter2-hunter2-hunter2-hunter2'
const ISSUER = { issuer: 'https://i.test', audience: 'x' }

const folders: string[] = []
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })))
})

/** This project with a line more in its wrangler.toml. */
async function projectWith(table: string, line: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-vars-'))
  folders.push(folder)
  await Promise.all(SHARED.map((name) => symlink(join(ROOT, name), join(folder, name))))
  const config = await readFile(join(ROOT, 'wrangler.toml'), 'utf8')
  const own = config.includes(table)
    ? config.replace(table, `${table}\n${line}`)
    : `${config}\n${table}\n${line}\n`
  await writeFile(join(folder, 'wrangler.toml'), own)
  return folder
}

async function run(folder: string, command: string, args: readonly string[]) {
  const environment = { ...process.env, WRANGLER_SEND_METRICS: 'false' }
  return promisify(execFile)(command, args, { cwd: folder, env: environment }).then(
    ({ stdout, stderr }) => ({ passed: true, output: stdout + stderr }),
    ({ stdout, stderr }) => ({ passed: false, output: `${stdout}${stderr}` }),
  )
}

const check = (folder: string) =>
  run(folder, process.execPath, [join(ROOT, 'scripts/check-vars.ts')])

describe('a secret among the variables of wrangler.toml', () => {
  it.each([
    [
      'an issuer’s, in JSON',
      '[env.production.vars]',
      `JWT_ISSUERS = '${JSON.stringify([{ ...ISSUER, secret: SECRET }])}'`,
      'JWT_ISSUERS --env production',
    ],
    [
      'an issuer’s, in a table',
      '[env.staging.vars]',
      `JWT_ISSUERS = [{ issuer = "https://i.test", audience = "x", secret = "${SECRET}" }]`,
      'JWT_ISSUERS --env staging',
    ],
    [
      'an issuer’s, of the environment without a name',
      '[vars]',
      `JWT_ISSUERS = '${JSON.stringify([ISSUER, { ...ISSUER, secret: SECRET }])}'`,
      'JWT_ISSUERS',
    ],
    [
      'the store’s',
      '[env.production.vars]',
      `UPSTASH_REDIS_REST_TOKEN = "${SECRET}"`,
      'UPSTASH_REDIS_REST_TOKEN --env production',
    ],
    [
      'the collector’s',
      '[env.staging.vars]',
      `OTEL_EXPORTER_OTLP_HEADERS = "x-key=${SECRET}"`,
      'OTEL_EXPORTER_OTLP_HEADERS --env staging',
    ],
    [
      'the address that alerts are posted to',
      '[env.staging.vars]',
      `ALERT_WEBHOOK_URL = "https://chat.test/${SECRET}"`,
      'ALERT_WEBHOOK_URL --env staging',
    ],
  ])('is refused, and where it belongs is told: %s', async (_, table, line, put) => {
    const { passed, output } = await check(await projectWith(table, line))

    expect(passed).toBe(false)
    expect(output).toContain(`must not stand in ${table}: npx wrangler secret put ${put}\n`)
    expect(output).not.toContain('hunter2')
  })

  it('is nothing that wrangler builds, let alone deploys', async () => {
    const folder = await projectWith(
      '[env.production.vars]',
      `JWT_ISSUERS = '${JSON.stringify([{ ...ISSUER, secret: SECRET }])}'`,
    )
    const wrangler = join(ROOT, 'node_modules/.bin/wrangler')
    const deploy = ['deploy', '--dry-run', '--env', 'production', '--outdir', join(folder, 'dist')]

    const { passed, output } = await run(folder, wrangler, deploy)

    expect(passed).toBe(false)
    expect(output).toContain('JWT_ISSUERS holds an issuer')
  }, 30_000)

  it('is not what an issuer without one has', async () => {
    const { passed, output } = await check(
      await projectWith('[env.production.vars]', `JWT_ISSUERS = '${JSON.stringify([ISSUER])}'`),
    )

    expect(output).toBe('')
    expect(passed).toBe(true)
  })
})
