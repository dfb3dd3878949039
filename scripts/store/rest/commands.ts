import { bytesFrom } from '../bytes.ts'
import type { Bytes, Command } from '../engine.ts'

export type Parsed<T> = { ok: true; value: T } | { ok: false; error: string }

const refuse = (error: string): { ok: false; error: string } => ({ ok: false, error })

/** `["SET", "key", 1]` */
export function commandFrom(body: string): Parsed<Command> {
  const parsed = jsonFrom(body)
  return parsed.ok ? commandOf(parsed.value) : parsed
}

/** `[["SET", "key", 1], ["GET", "key"]]` */
export function commandsFrom(body: string): Parsed<Command[]> {
  const parsed = jsonFrom(body)
  if (!parsed.ok) return parsed
  if (!Array.isArray(parsed.value) || parsed.value.length === 0) {
    return refuse('ERR expected a JSON array of commands, each a JSON array')
  }
  const commands: Command[] = []
  for (const element of parsed.value) {
    const command = commandOf(element)
    if (!command.ok) return command
    commands.push(command.value)
  }
  return { ok: true, value: commands }
}

/** `/set/key?EX=100` with the value as the body: the body comes last in the path, options after it. */
export function commandFromPath(url: URL, body: Buffer): Parsed<Command> {
  const words: Bytes[] = []
  for (const segment of url.pathname.slice(1).split('/')) {
    try {
      words.push(bytesFrom(decodeURIComponent(segment)))
    } catch {
      return refuse('ERR the path is not properly percent-encoded')
    }
  }
  if (body.length > 0) words.push(body.toString('latin1'))
  for (const [name, value] of url.searchParams) {
    if (name === '_token') continue
    words.push(bytesFrom(name))
    if (value !== '') words.push(bytesFrom(value))
  }
  return { ok: true, value: words }
}

function jsonFrom(body: string): Parsed<unknown> {
  try {
    return { ok: true, value: JSON.parse(body) }
  } catch {
    return refuse('ERR the body is not JSON')
  }
}

function commandOf(value: unknown): Parsed<Command> {
  if (!Array.isArray(value) || value.length === 0) {
    return refuse('ERR expected a command as a JSON array: its name, then its arguments')
  }
  const words: Bytes[] = []
  for (const word of value) {
    if (typeof word === 'object' || typeof word === 'undefined') {
      return refuse('ERR arguments of a command are strings, numbers or booleans')
    }
    words.push(bytesFrom(String(word)))
  }
  return { ok: true, value: words }
}
