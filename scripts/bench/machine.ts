import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findProgram } from '../find-program.ts'
import { findRedisServer } from '../store/redis/find.ts'
import { findNginx } from './upstream.ts'

/** What a figure depends on, and nothing that names the machine itself. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGib: number
  readonly kernel: string
  readonly versions: Readonly<Record<string, string>>
  readonly commit: string
}

const ROOT = join(import.meta.dirname, '../..')
const GIB = 1_073_741_824

export async function describeMachine(): Promise<Machine> {
  const [workerd, redis, nginx, wrk, commit] = await Promise.all([
    versionOf(join(ROOT, 'node_modules/.bin/workerd'), '--version'),
    versionOf(findRedisServer(), '--version'),
    versionOf(findNginx(), '-v'),
    versionOf(findProgram('wrk'), '-v'),
    firstLine('git', '-C', ROOT, 'describe', '--always', '--dirty'),
  ])
  const packages = ['wrangler', 'hono', 'jose', '@upstash/ratelimit', '@upstash/redis', 'valibot']
  const installed = await Promise.all(
    packages.map(async (name) => [name, await packageVersion(name)] as const),
  )
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / GIB),
    kernel: release(),
    versions: {
      workerd,
      Node: process.version,
      ...Object.fromEntries(installed),
      Redis: redis,
      nginx,
      wrk,
    },
    commit,
  }
}

async function versionOf(program: string | undefined, word: string): Promise<string> {
  if (!program) return 'none'
  const line = await firstLine(program, word)
  return /\d+[.-]\d[\w.+~-]*/.exec(line)?.[0] ?? line
}

/** Of either stream: nginx speaks on the second, and wrk fails when it is asked for its version. */
async function firstLine(program: string, ...words: string[]): Promise<string> {
  const spoken = await promisify(execFile)(program, words).catch((error: object) => {
    return { stdout: '', stderr: '', ...error }
  })
  return `${spoken.stdout}${spoken.stderr}`.split('\n')[0] ?? ''
}

async function packageVersion(name: string): Promise<string> {
  const text = await readFile(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')
  const { version }: { version?: unknown } = JSON.parse(text)
  return String(version)
}
