import { randomUUID } from 'node:crypto'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { SECRETS } from '../../scripts/deploy/secret-names.ts'
import type { LocalStore } from '../../scripts/store/bridge.ts'
import { searched, USED } from './search.ts'

/** What lets whoever knows it in somewhere: settings of a gateway, and what commands are given beside them. */
const SECRET_SETTINGS = [
  ...SECRETS,
  'UPSTASH_API_KEY',
  'CLOUDFLARE_API_TOKEN',
  'GATEWAY_ADMIN_TOKEN',
  'ADMIN_CLIENT_SECRET',
  'CONFORM_TOKEN',
  'CONFORM_EXPIRED_TOKEN',
]

const run = randomUUID()

/** Keeps what a gateway has written, to be searched for secrets when the run is over. */
export function keepProduced(what: string, text: string): Promise<void> {
  return appendFile(join(inject('produced'), `${what}-${run}`), `${text}\n`)
}

/** In which kinds of what this run has kept so far a text stands. */
export async function keptIn(text: string): Promise<readonly string[]> {
  const found = await searched(inject('produced'), new Set([text]))
  const its = found.filter((one) => one.includes(`: ${text.slice(0, 12)}`))
  return [...new Set(its.map((one) => one.replace(/-[0-9a-f]{8}-.*/s, '')))].toSorted()
}

/** Names what must be found in nothing that is kept. */
export function keepSecret(...secrets: readonly string[]): Promise<void> {
  const lines = secrets.filter((secret) => secret.length >= 8)
  return appendFile(
    join(inject('produced'), `${USED}${run}`),
    lines.map((one) => `${one}\n`).join(''),
  )
}

export function keepSecretSettings(
  settings: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const secrets = SECRET_SETTINGS.flatMap((name) => settings[name] ?? [])
  const ofIssuers = [...(settings.JWT_ISSUERS ?? '').matchAll(/"secret"\s*:\s*"([^"]+)"/g)]
  const ofKeys = [...(settings.GATEWAY_SIGNING_KEY ?? '').matchAll(/"d"\s*:\s*"([^"]+)"/g)]
  return keepSecret(...secrets, ...[...ofIssuers, ...ofKeys].map(([, secret = '']) => secret))
}

const READERS: Readonly<Record<string, (key: string) => readonly unknown[]>> = {
  string: (key) => ['GET', key],
  hash: (key) => ['HGETALL', key],
  list: (key) => ['LRANGE', key, 0, -1],
  set: (key) => ['SMEMBERS', key],
  zset: (key) => ['ZRANGE', key, 0, -1],
}

/** All that lies in a store, as text. */
export async function textOf({ url, token }: LocalStore): Promise<string> {
  async function ask(command: readonly unknown[]): Promise<unknown> {
    const headers = { Authorization: `Bearer ${token}` }
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(command) })
    const { result, error } = await answer.json()
    if (error) throw new Error(`${command[0]}: ${error}`)
    return result
  }
  const keys = await ask(['KEYS', '*'])
  if (!Array.isArray(keys)) throw new TypeError('KEYS answered no list')
  const texts = keys.map(async (key) => {
    const type = String(await ask(['TYPE', key]))
    const read = READERS[type]
    // It ended between the two questions.
    if (type === 'none') return ''
    if (!read) throw new TypeError(`nobody reads a ${type}`)
    return `${key} ${JSON.stringify(await ask(read(key)))}`
  })
  return (await Promise.all(texts)).join('\n')
}
