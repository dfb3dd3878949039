import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findProgram } from '../find-program.ts'
import { type Answer, send } from './client.ts'
import { textOf, type WireRequest } from './wire-request.ts'

export interface Load {
  /** For people. */
  readonly kind: string
  /** Sends the requests round and round for so long. */
  run(
    requests: readonly WireRequest[],
    port: number,
    seconds: number,
    how?: HowLoaded,
  ): Promise<LoadReport>
  stop(): Promise<void>
}

export interface HowLoaded {
  /** Sixteen unless told otherwise. */
  readonly connections?: number
  /** Ends the run before its time. */
  readonly until?: AbortSignal
}

export interface LoadReport {
  /** More than were answered by those that the end of the run cut off. */
  readonly sent: number
  readonly answered: number
  /** Of those, with a status of 400 or more. */
  readonly refused: number
}

export const CONNECTIONS = 16

/** wrk where it is installed, else a client of our own, which takes more of the machine. */
export async function openLoad(): Promise<Load> {
  const wrk = findProgram('wrk')
  return wrk ? wrkLoad(wrk) : OWN_LOAD
}

export const OWN_LOAD: Load = {
  kind: "the harness's own client (no wrk on the PATH)",
  async run(requests, port, seconds, { connections = CONNECTIONS, until } = {}) {
    let sent = 0
    function* endless() {
      while (requests.length > 0 && !until?.aborted) {
        for (const request of requests) {
          sent += 1
          yield request
        }
      }
    }
    const answers = await send(endless(), { port, connections, seconds })
    return { ...countsOf(answers), sent }
  },
  async stop() {},
}

export function countsOf(answers: readonly Answer[]): Omit<LoadReport, 'sent'> {
  const refused = answers.filter(({ status }) => status >= 400)
  return { answered: answers.length, refused: refused.length }
}

export async function wrkLoad(wrk: string): Promise<Load> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-wrk-'))
  return {
    kind: 'wrk',
    async run(requests, port, seconds, { connections = CONNECTIONS, until } = {}) {
      const script = join(folder, `${randomUUID()}.lua`)
      await writeFile(script, luaFor(requests))
      const longest = `-d${Math.ceil(seconds) + 1}s`
      const options = ['-t1', `-c${connections}`, longest, '-s', script]
      const running = promisify(execFile)(wrk, [...options, `http://127.0.0.1:${port}`])
      // It knows whole seconds only; interrupted, it stops and reports as at its end.
      const stop = () => running.child.kill('SIGINT')
      const timer = setTimeout(stop, seconds * 1000)
      until?.addEventListener('abort', stop, { once: true })
      const { stdout } = await running.finally(() => clearTimeout(timer))
      return reportFrom(stdout)
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Requests are ASCII, and so JSON's spelling of a text is Lua's too. */
function luaFor(requests: readonly WireRequest[]): string {
  const texts = requests.map((request) => JSON.stringify(textOf(request)))
  return `local requests = { ${texts.join(', ')} }
local worker
sent = 0
function setup(thread)
  worker = thread
end
function request()
  sent = sent + 1
  return requests[(sent - 1) % #requests + 1]
end
function done(summary)
  print('sent ' .. worker:get('sent') .. ' answered ' .. summary.requests .. ' refused ' .. summary.errors.status)
end
`
}

export function reportFrom(output: string): LoadReport {
  const found = /^sent (\d+) answered (\d+) refused (\d+)$/m.exec(output)
  if (!found) throw new Error(`wrk said: ${output}`)
  const [sent = 0, answered = 0, refused = 0] = found.slice(1).map(Number)
  return { sent, answered, refused }
}
