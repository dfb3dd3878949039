import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import catalogue from '../../contract/catalogue.json' with { type: 'json' }
import { openWorld } from '../world.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../../..')

/** Somebody's project, with the packed client as its only dependency. */
let folder: string
let modules: string[]
const installed = (...names: string[]) =>
  join(folder, 'node_modules/cloudtolocalllm-gateway', ...names)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-client-'))
  await writeFile(join(folder, 'package.json'), '{"type":"module","private":true}')
  await run('npm', ['pack', '--pack-destination', folder], { cwd: ROOT })
  const [archive = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'))
  const quietly = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts']
  await run('npm', ['install', ...quietly, `./${archive}`], { cwd: folder })
  modules = await readdir(join(folder, 'node_modules'))
  for (const types of ['@types', '@cloudflare']) {
    await symlink(join(ROOT, 'node_modules', types), join(folder, 'node_modules', types))
  }
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the packed client', () => {
  it('installs nothing but itself', () => {
    const names = modules.filter((name) => !name.startsWith('.'))

    expect(names).toEqual(['cloudtolocalllm-gateway'])
  })

  it('is one module under 3 KB gzip, without a word of the catalogue', async () => {
    const built = await readFile(installed('dist/client/index.js'), 'utf8')

    expect(gzipSync(built, { level: 9 }).length).toBeLessThan(3_000)
    expect(built).not.toMatch(/\bimport\b/)
    expect(built).not.toContain('INSUFFICIENT_PERMISSIONS')
    expect(built).not.toContain('Provide valid JWT token')
  })

  it('holds neither the worker nor its settings', async () => {
    const files = await readdir(installed(), { recursive: true, withFileTypes: true })
    const names = files.filter((file) => file.isFile()).map(({ name }) => name)

    expect(names).toEqual(expect.arrayContaining(['index.js', 'index.d.ts', 'client.md']))
    expect(names.filter((name) => !/\.(d\.ts|md|json|js|map)$|^LICENSE$/.test(name))).toEqual([])
    expect(names.filter((name) => name.endsWith('.js'))).toEqual(['index.js'])
  })

  const codes = Object.keys(Object.groupBy(catalogue, ({ code }) => code))
  const program = `
import { ApiError, type CallInit, createClient, type ErrorCode } from 'cloudtolocalllm-gateway/client'
const call = createClient({ baseUrl: 'https://gateway.test', token: async () => 'a', refresh: {} })
const init: CallInit = { method: 'POST', body: '{}', signal: AbortSignal.timeout(5), deadlineMs: 5 }
const all: Record<ErrorCode, true> = { ${codes.map((code) => `${code}: true`).join(', ')} }
export async function ask(): Promise<ErrorCode | 'well' | undefined> {
  try {
    const response: Response = await call(new URL('https://gateway.test/tunnels'), init)
    return response.ok && all.NOT_FOUND ? 'well' : undefined
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    // @ts-expect-error: no such code.
    if (error.code === 'QUOTA_EXCEDED') return
    const id: string = error.correlationId
    return id === '' ? undefined : error.code
  }
}
`
  const dom = ['es2024', 'dom', 'dom.iterable']
  it.each([
    ['a browser with a bundler', 'esnext', 'bundler', dom, []],
    ['Node', 'nodenext', 'nodenext', ['es2024'], ['node']],
    ['Workers', 'esnext', 'bundler', ['es2024'], ['@cloudflare/workers-types']],
  ])('has types for %s: the 39 codes, no more and no fewer', async (_, module, how, lib, types) => {
    const place = await mkdtemp(join(folder, 'types-'))
    const compilerOptions = {
      ...{ target: 'es2024', module, moduleResolution: how, lib, types, strict: true },
      ...{ noEmit: true, skipLibCheck: types.length > 0, exactOptionalPropertyTypes: true },
    }
    await writeFile(join(place, 'ask.ts'), program)
    await writeFile(join(place, 'package.json'), '{"type":"module"}')
    await writeFile(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions }))

    const tsc = run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', place])

    expect(await tsc.catch(({ stdout }) => stdout)).toMatchObject({ stdout: '' })
  })
})

describe('the README’s example, as it stands', () => {
  async function runExample(tokens: Record<string, string>, gateway: string) {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
    const [, example = ''] = /## For clients\n[^#]*?```js\n(.*?)```/s.exec(readme) ?? []
    await writeFile(join(folder, 'example.js'), example)
    const env = { PATH: process.env.PATH, GATEWAY: gateway, ...tokens }
    const { stdout } = await run(process.execPath, ['example.js'], { cwd: folder, env })
    return { stdout, lines: example.split('\n').filter((line) => line !== '').length }
  }

  it('is ten lines at most, refreshes, lists tunnels, and tells a refusal', async () => {
    const world = await openWorld()
    onTestFinished(() => world.stop())
    const { url } = await world.another({
      TOKEN_ENDPOINT: world.issuer.tokenEndpoint,
      TOKEN_CLIENT_ID: world.issuer.clientId,
      TOKEN_CLIENT_SECRET: world.issuer.clientSecret,
    })
    const TOKEN = await world.issuer.mint({ expiresInSeconds: -60 })
    const good = await runExample({ TOKEN, REFRESH: world.issuer.mintRefreshToken() }, url)
    const bad = await runExample({ TOKEN: 'nonsense', REFRESH: 'nonsense' }, url)

    expect(good.lines).toBeLessThanOrEqual(10)
    expect(good.stdout).toMatch(/^save \[ 'accessToken', .*\]\n\{\n {2}success: true,/)
    expect(bad.stdout).toMatch(/^INVALID_TOKEN_FORMAT Provide valid JWT token req-\d+-\d+-\d+\n$/)
  })
})
