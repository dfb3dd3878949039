import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../../..')

const ASKED_WITHOUT = `
import { requireGateway } from './verify-assertion/middleware.js'
const guard = requireGateway({
  keysUrl: 'http://127.0.0.1:9/', issuer: 'gateway:local', audience: 'http://127.0.0.1:8791',
})
const response = { writeHead: (status) => console.log(status), end() {} }
await guard({ headers: {}, method: 'GET', url: '/' }, response, () => console.log('passed'))
`

it('is plain JavaScript, and refuses, once compiled as its page says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-api-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  await writeFile(join(folder, 'server.js'), ASKED_WITHOUT)
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const page = await readFile(join(ROOT, 'docs/upstream-identity.md'), 'utf8')
  const [, command = ''] = /^npx (tsc .*verify-assertion\S*\.ts.*)$/m.exec(page) ?? []
  const [program = '', ...args] = command.replace('../your-api', folder).split(' ')

  await run(join(ROOT, 'node_modules/.bin', program), args, { cwd: ROOT })
  const { stdout } = await run(process.execPath, ['server.js'], { cwd: folder })

  expect(stdout).toBe('421\n')
})
