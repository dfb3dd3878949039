import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const LISTENING = `require('net').createServer().listen(0, '127.0.0.1', 1, function () {
  console.log(this.address().port)
})`

/** A server that has stopped, its queue of connections full: the next one is never even refused. */
export async function startFullQueue(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const child: ChildProcess = spawn(process.execPath, ['-e', LISTENING], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (!child.stdout) throw new Error('no port to be told')
  const [line] = await once(child.stdout, 'data')
  const port = Number(String(line))
  child.kill('SIGSTOP')
  const waiting: Socket[] = []
  // Of a queue of one the kernel makes two; a connection beyond that gets no answer.
  for (let count = 0; count < 4; count += 1) {
    waiting.push(connect(port, '127.0.0.1').on('error', () => undefined))
  }
  await new Promise((resolve) => setTimeout(resolve, 200))
  return {
    port,
    async stop() {
      for (const socket of waiting) socket.destroy()
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}
