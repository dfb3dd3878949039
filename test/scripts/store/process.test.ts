import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { findRedisServer } from '../../../scripts/store/redis/find.ts'

const MAIN = fileURLToPath(new URL('../../../scripts/store/main.ts', import.meta.url))
const server = findRedisServer()

const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

interface Run {
  readonly child: ChildProcess
  /** The first line it says, whatever the stream. */
  readonly firstLine: Promise<string>
  readonly code: Promise<unknown>
}

function run(words: string[], env: NodeJS.ProcessEnv = {}): Run {
  const child = spawn('node', [MAIN, ...words], {
    env: { ...process.env, REDIS_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  const firstLine = new Promise<string>((resolve) => {
    let said = ''
    const hear = (text: Buffer) => {
      said += text
      if (said.includes('\n')) resolve(said.trimEnd())
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
  })
  return { child, firstLine, code: once(child, 'exit').then(([code]) => code) }
}

async function ping(line: string): Promise<unknown> {
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? ''
  const answer = await fetch(`${url}/ping?_token=secret`)
  return answer.json()
}

describe('the store as a process', () => {
  it('says in one line where it is and what runs, and ends on SIGTERM', async () => {
    const { child, firstLine, code } = run(['--token', 'secret', '--engine', 'embedded'])
    const line = await firstLine

    expect(line).toMatch(/^store ready at http:\/\/127\.0\.0\.1:\d+: embedded .*$/)
    expect(await ping(line)).toEqual({ result: 'PONG' })
    child.kill('SIGTERM')
    expect(await code).toBe(0)
  })

  it('takes the embedded store where there is no Redis', async () => {
    const { firstLine } = run(['--token', 'secret'], { PATH: pathWithNodeOnly() })

    expect(await firstLine).toMatch(/^store ready at .*: embedded /)
  })

  it('says in one line that a port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? `${address.port}` : ''
    const { firstLine, code } = run(['--token', 'secret', '--port', port, '--engine', 'embedded'])

    expect(await firstLine).toBe(`store: port ${port} is taken on 127.0.0.1`)
    expect(await code).toBe(1)
    other.close()
  })

  it.each([
    ['no token', [], /^store: a token is missing; usage: /],
    ['no port', ['--token', 'x', '--port', 'y'], /^store: y is not a port; usage: /],
    ['no engine', ['--token', 'x', '--engine', 'y'], /^store: no engine is called y; usage: /],
  ])('says in one line that it was given %s', async (_name, words, expected) => {
    const { firstLine, code } = run(words)

    expect(await firstLine).toMatch(expected)
    expect(await firstLine).not.toContain('\n')
    expect(await code).toBe(1)
  })

  it('does not pass over a REDIS_URL where nothing answers, nor show its password', async () => {
    const { firstLine, code } = run(['--token', 'x'], { REDIS_URL: 'redis://:hidden@127.0.0.1:1' })
    const line = await firstLine

    expect(line).toMatch(/^store: no Redis answers at redis:\/\/.*127\.0\.0\.1:1 \(REDIS_URL\)/)
    expect(line).not.toContain('hidden')
    expect(await code).toBe(1)
  })

  it.skipIf(!server).each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'leaves no redis-server behind on %s (skipped without one)',
    async (signal) => {
      const { child, firstLine, code } = run(['--token', 'secret', '--engine', 'redis'])
      const port = Number(/started on port (\d+)/.exec(await firstLine)?.[1])
      expect(await answers(port)).toBe(true)

      child.kill(signal)
      await code
      await expect.poll(() => answers(port), { timeout: 5000 }).toBe(false)
    },
  )
})

/** Nothing but what the tests themselves run on. */
function pathWithNodeOnly(): string {
  return fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url))
}

async function answers(port: number): Promise<boolean> {
  const { connect } = await import('node:net')
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
