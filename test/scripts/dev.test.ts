import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quoted, writeEnvFile } from '../../scripts/dev/env-file.ts'
import { givenSettings, settingNames } from '../../scripts/dev/given.ts'
import { planFor } from '../../scripts/dev/plan.ts'
import { client } from '../../scripts/issuer/token-endpoint.ts'
import { fourFreePorts } from '../../scripts/smoke/free-ports.ts'
import { stillRunning, treeOf } from '../../scripts/smoke/processes.ts'

const root = new URL('../../', import.meta.url)
const read = (name: string) => readFile(new URL(name, root), 'utf8')

describe('the settings that a developer gives', () => {
  let folder: URL
  const write = (name: string, lines: string) => writeFile(new URL(name, folder), lines)

  beforeEach(async () => {
    folder = pathToFileURL(`${await mkdtemp(join(tmpdir(), 'gateway-test-'))}/`)
    await write(
      '.dev.vars.example',
      'UPSTREAM_URL=http://demo\nJWT_ISSUER=http://me/\nJWT_AUDIENCE=us\n',
    )
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('are those of the environment before those of .dev.vars', async () => {
    await write('.dev.vars', 'LIMITS={}\nMAX_BODY_BYTES=5\n')

    const given = await givenSettings(folder, { MAX_BODY_BYTES: '9', ROUTES: ' ', HOME: '/root' })

    expect(given).toEqual({ LIMITS: '{}', MAX_BODY_BYTES: '9' })
  })

  it('name nothing real where .dev.vars is the example', async () => {
    await write('.dev.vars', await readFile(new URL('.dev.vars.example', folder), 'utf8'))

    expect(await givenSettings(folder, {})).toEqual({})
  })

  it('keep an audience that is the example’s beside an issuer that is not', async () => {
    await write('.dev.vars', 'JWT_ISSUER=https://real.example/\nJWT_AUDIENCE=us\n')

    const given = await givenSettings(folder, {})

    expect(given).toEqual({ JWT_ISSUER: 'https://real.example/', JWT_AUDIENCE: 'us' })
  })

  it('can be everything that the worker reads', async () => {
    const names = [...(await read('src/config.ts')).matchAll(/^ {2}([A-Z_]+): /gm)]
    const shown = [...(await read('.dev.vars.example')).matchAll(/^(?:# )?([A-Z_]+)=/gm)]

    expect(names.map(([, name]) => name).sort()).toEqual([...settingNames].sort())
    expect(shown.map(([, name]) => name).sort()).toEqual([...settingNames].sort())
  })

  it('name in the example the client that the issuer here knows', async () => {
    const example = parseEnv(await read('.dev.vars.example'))

    expect([example.TOKEN_CLIENT_ID, example.TOKEN_CLIENT_SECRET]).toEqual([
      client.id,
      client.secret,
    ])
  })

  it.each([
    ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'],
    ['UPSTASH_REDIS_REST_TOKEN', 'UPSTASH_REDIS_REST_URL'],
    ['JWT_ISSUER', 'JWT_AUDIENCE'],
    ['JWT_JWKS_URL', 'JWT_ISSUER'],
    ['TOKEN_ENDPOINT', 'TOKEN_CLIENT_ID'],
    ['TOKEN_CLIENT_SECRET', 'TOKEN_ENDPOINT'],
  ])('are refused when %s comes without %s', (name, companion) => {
    expect(() => planFor({ [name]: 'x' }, 8787)).toThrow(`${name} is set without ${companion}`)
  })
})

describe('the file that wrangler reads them from', () => {
  it('is for our eyes only and goes away', async () => {
    const file = await writeEnvFile({ UPSTASH_REDIS_REST_TOKEN: 'secret' })
    const { mode } = await stat(file.path)
    await file.remove()

    expect(mode & 0o777).toBe(0o600)
    await expect(stat(file.path)).rejects.toThrow('ENOENT')
  })

  it.each([
    ['{"a":1}', `'{"a":1}'`],
    ["it's", "`it's`"],
    ['/$path', "'/\\$path'"],
  ])('holds %s as %s', (value, written) => {
    expect(quoted('NAME', value)).toBe(written)
  })

  it('refuses what no quotes can hold', () => {
    expect(() => quoted('NAME', `'"\``)).toThrow('NAME holds quotes of every kind')
  })
})

describe('npm run dev', () => {
  let child: ChildProcess | undefined
  afterEach(() => child?.kill('SIGTERM'))

  function dev(port: number, settings = {}) {
    const cleared = Object.fromEntries(settingNames.map((name) => [name, '']))
    const started = spawn(process.execPath, ['scripts/dev.ts', '--port', `${port}`], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...cleared, ...settings },
    })
    child = started
    const complaint = text(started.stderr)
    return { started, end: once(started, 'exit').then(async ([code]) => [code, await complaint]) }
  }

  it.each([
    [{ JWT_ISSUER: 'https://a.example/' }, /^dev: JWT_ISSUER is set without JWT_AUDIENCE\n$/],
    [{ LIMITS: 'x' }, /^dev: LIMITS: is not JSON\n$/],
    [{ REDIS_URL: 'redis://127.0.0.1:1' }, /^dev: no Redis answers at .*\n$/],
  ])('says in a line what is wrong with %o', async (settings, line) => {
    const [code, complaint] = await dev(await fourFreePorts(), settings).end

    expect(complaint).toMatch(line)
    expect(code).toBe(1)
  })

  it('has a help', async () => {
    const child = spawn(process.execPath, ['scripts/dev.ts', '--help'], { cwd: root })
    const [shown, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])

    expect(shown).toMatch(/^Usage: npm run dev \[-- --port N\]\n/)
    expect(code).toBe(0)
  })

  it('names the port that is taken and what it was for', async () => {
    const port = await fourFreePorts()
    const taken = port + 2
    const other = createServer().listen(taken, '127.0.0.1')
    await once(other, 'listening')

    const [code, complaint] = await dev(port).end
    other.close()

    const line = `dev: port ${taken}, for the issuer, is taken; try npm run dev -- --port N\n`
    expect(complaint).toBe(line)
    expect(code).toBe(1)
  })

  it.runIf(process.platform === 'linux')(
    'ends as a whole when wrangler dies',
    async () => {
      const { started, end } = dev(await fourFreePorts())
      for await (const output of started.stdout) if (`${output}`.includes('Ctrl-C')) break
      const everything = treeOf(started.pid ?? 0)
      const wrangler = everything.find(({ command }) => command.includes('wrangler.js dev'))

      process.kill(wrangler?.pid ?? 0, 'SIGKILL')

      expect(await end).toEqual([1, "dev: the gateway's own process, wrangler dev, has ended\n"])
      await expect.poll(() => stillRunning(everything)).toEqual([])
    },
    60_000,
  )
})
