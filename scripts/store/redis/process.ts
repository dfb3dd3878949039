import { spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { freePort } from '../../free-port.ts'

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
