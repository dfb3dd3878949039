import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { beginningOf } from './masked.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** What it reads from its standard input: the only way for a secret, since every user of the machine can read arguments. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs wrangler to its end. Never rejects: a program that cannot be started has failed, too. */
export type Wrangler = (args: readonly string[], options?: RunOptions) => Promise<Ran>

const OWN = fileURLToPath(new URL('../../node_modules/wrangler/bin/wrangler.js', import.meta.url))

/** Questions are answered by their defaults, since nobody is there. */
const QUIET = { WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true', NO_COLOR: '1' }

/** `WRANGLER_PROGRAM` names another one, for tests. */
export function wranglerFor(env: NodeJS.ProcessEnv): Wrangler {
  const program = env.WRANGLER_PROGRAM ?? OWN
  return async (args, { input = '', env: more = {} } = {}) => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...env, ...QUIET, ...more },
      // A group of its own: Ctrl-C reaches us alone, and a deployment under way comes to its end.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const ended = new Promise<number>((resolve) => {
      child.once('error', () => resolve(127))
      child.once('close', (code) => resolve(code ?? 1))
    })
    // One that ends without having read its input breaks the pipe; its exit code says what there is to say.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    const [code, stdout, stderr] = await Promise.all([
      ended,
      text(child.stdout),
      text(child.stderr),
    ])
    // It colours its errors whatever it is told.
    const plain = stripVTControlCharacters
    return { code, stdout: plain(stdout), stderr: plain(stderr) }
  }
}

/** The one sentence among what wrangler wrote that says what is wrong. */
export function complaintOf({ code, stdout, stderr }: Ran): string {
  const lines = `${stderr}\n${stdout}`.split('\n').map((line) => line.trim())
  const said = lines.find((line) => /\[ERROR\]/.test(line)) ?? lines.find((line) => line !== '')
  const [sentence] = beginningOf((said ?? '').replace(/^.*\[ERROR\]\s*/, ''), 300).split(
    /\. (?=[A-Z])/,
  )
  return sentence || `wrangler ended with ${code} and said nothing`
}
