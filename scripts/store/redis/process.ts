import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Duplex } from 'node:stream'

export interface RedisProcess {
  readonly port: number
  readonly exited: Promise<unknown>
  stop(): Promise<void>
}

/**
 * The shell becomes the server; beside it a watcher reads from a pipe that ends when this process does,
 * however it dies, so that no server outlives us. A line on the pipe means that we ended it ourselves.
 */
const GUARDED = '(read -r line <&3 || kill -TERM $$) >/dev/null 2>&1 & exec "$0" "$@" 3<&-'

export async function startRedis(server: string): Promise<RedisProcess> {
  const port = await freePort()
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = spawn('/bin/sh', ['-c', GUARDED, server, ...settings], {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const guard = child.stdio[3] as Duplex
  // The watcher may be gone first when the whole terminal is interrupted.
  guard.on('error', () => {})
  const exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve))

  return {
    port,
    exited,
    async stop() {
      guard.write('stopped\n')
      child.kill('SIGTERM')
      await exited
      guard.destroy()
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
