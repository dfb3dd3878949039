import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Settings } from './given.ts'

interface EnvFile {
  readonly path: string
  remove(): Promise<void>
}

/** A file, not arguments: every user of the machine can read the arguments of a process. */
export async function writeEnvFile(settings: Settings): Promise<EnvFile> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-dev-'))
  const path = join(folder, 'settings')
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quoted(name, value)}\n`)
  await writeFile(path, lines.join(''), { mode: 0o600 })
  return { path, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** dotenv knows three quotes and no way to escape one; wrangler then expands `$` unless a backslash precedes it. */
export function quoted(name: string, value: string): string {
  const quote = ["'", '`', '"'].find((mark) => !value.includes(mark))
  const isAltered = quote === '"' && /\\[nr]/.test(value)
  if (quote === undefined || isAltered) {
    throw new Error(`${name} holds quotes of every kind, which wrangler's settings file cannot`)
  }
  return quote + value.replaceAll('$', '\\$') + quote
}
