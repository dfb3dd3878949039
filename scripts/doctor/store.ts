import { createHash, randomUUID } from 'node:crypto'
import { type Finding, note, ok, problem } from './finding.ts'
import { settingOf, type Values } from './patient.ts'
import { reach } from './reach.ts'
import { isPlaceholder } from './settings.ts'

/** What the gateway needs of the store in one: a script, run by its hash, that writes a key of its own and reads it. */
const SCRIPT = `#!lua flags=allow-key-locking
redis.call('SET', KEYS[1], ARGV[1], 'PX', 1000)
return redis.call('GET', KEYS[1])`
const HASH = createHash('sha1').update(SCRIPT).digest('hex')

const DEFAULT_TIMEOUT_MS = 1_000

interface Said {
  readonly status: number
  readonly result: unknown
  readonly error: string
  readonly ms: number
}

/** Whether the store answers, lets in, runs scripts and takes writes. Absent where its secrets are not seen here. */
export async function checkStore(values: Values): Promise<readonly Finding[]> {
  const url = settingOf(values, 'UPSTASH_REDIS_REST_URL')
  const token = settingOf(values, 'UPSTASH_REDIS_REST_TOKEN')
  if (!url || !token || isPlaceholder(url) || !URL.canParse(url)) return []
  const say = (command: readonly string[]) => ask(url, token, command)

  const pong = await say(['PING'])
  if (typeof pong === 'string') {
    return [problem('store', pong, 'mend UPSTASH_REDIS_REST_URL: the https address, not redis://')]
  }
  if (pong.status === 401 || /WRONGPASS/.test(pong.error)) {
    return [problem('store', 'it does not know the token', 'copy UPSTASH_REDIS_REST_TOKEN anew')]
  }
  if (pong.result !== 'PONG') {
    return [
      problem(
        'store',
        `it answers PING with ${pong.status} and no PONG`,
        'is that the REST address?',
      ),
    ]
  }
  const key = `doctor:${randomUUID()}`
  const loaded = await say(['EVAL', SCRIPT, '1', key, 'written'])
  const byHash = await say(['EVALSHA', HASH, '1', key, 'written'])
  const refused = [loaded, byHash].find((said) => !isWritten(said))
  if (refused) return [notWritten(refused)]
  return [
    ok('store', `answers in ${pong.ms} ms, runs scripts and takes writes`),
    ...timing(pong.ms, values),
  ]
}

function isWritten(said: Said | string): boolean {
  return typeof said !== 'string' && said.result === 'written'
}

function notWritten(said: Said | string): Finding {
  if (typeof said === 'string') return problem('store', said, 'try again: it answered a moment ago')
  return /NOPERM/.test(said.error)
    ? problem(
        'store',
        'the token may only read, or its user may not run scripts',
        'take the token that is not read-only, of a user with EVAL, EVALSHA, GET, SET and the rest',
      )
    : problem(
        'store',
        `it runs no script (status ${said.status})`,
        'the gateway counts by a script: take an Upstash database, or what speaks its protocol',
      )
}

/** This machine is not where the worker runs, so a slow answer is only a hint. */
function timing(ms: number, values: Values): readonly Finding[] {
  const timeoutMs = Number(settingOf(values, 'STORE_TIMEOUT_MS') ?? DEFAULT_TIMEOUT_MS)
  return ms <= timeoutMs
    ? []
    : [
        note(
          'store',
          `from here it takes longer than STORE_TIMEOUT_MS allows (${timeoutMs} ms)`,
          'docs/deploying.md tells about regions and placement',
        ),
      ]
}

async function ask(url: string, token: string, command: readonly string[]): Promise<Said | string> {
  const reached = await reach(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: JSON.stringify(command),
  })
  if (reached.kind === 'silent') return reached.reason
  const { response, ms } = reached
  const body: unknown = await response.json().catch(() => undefined)
  const { result, error } =
    typeof body === 'object' && body !== null ? { result: undefined, error: '', ...body } : {}
  return { status: response.status, result, error: String(error ?? ''), ms }
}
