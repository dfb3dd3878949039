import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { takeNoOptions } from './no-options.ts'
import { burst } from './smoke/burst.ts'
import { type DevServer, startDev } from './smoke/dev-server.ts'
import { printedExamples, readmeExamples, stable, statusOf, tokensIn } from './smoke/examples.ts'

/** What a new user does: start it, paste what is shown, and stop it. */
const TIMEOUT_MS = 120_000
const DEFAULT_PORT = 8787
const REQUESTS = 300
const FREE_MINUTE = 100

takeNoOptions(
  'smoke',
  `Usage: npm run smoke

Starts npm run dev on free ports, pastes the lines of README.md and those that it prints, compares the answers, and stops it.`,
)

const dev = await startDev()
const timer = setTimeout(() => {
  dev.kill()
  say(`not done after ${TIMEOUT_MS / 1000} s`)
  process.exit(1)
}, TIMEOUT_MS)

try {
  await tryAll(dev)
} finally {
  await dev.interrupt()
  dev.kill()
  clearTimeout(timer)
}

async function tryAll({ port, printed, interrupt }: DevServer): Promise<void> {
  const tokens = tokensIn(printed)
  deepStrictEqual(Object.keys(tokens), ['FREE', 'ENTERPRISE', 'ADMIN', 'REFRESH'], printed)

  const shown = readmeExamples(await readFile(new URL('../README.md', import.meta.url), 'utf8'))
  ok(shown.length >= 6, `the README shows ${shown.length} curl lines with their answers`)
  for (const { line, answer } of shown) {
    strictEqual(stable(await paste(atPort(port, line), tokens)), stable(answer), line)
  }
  say(`${shown.length} lines of the README give what it says`)

  const promised = printedExamples(printed)
  deepStrictEqual(
    promised.map(({ answer }) => answer),
    ['200', '401', '403', '429', '503'],
  )
  for (const { line, answer } of [...promised, ...promised]) {
    strictEqual(statusOf(await paste(line, tokens)), answer, line)
  }
  say('the five lines printed give 200, 401, 403, 429 and 503, twice')

  deepStrictEqual(await codesAt(port, ['/assets/icon.svg', '/index.html']), [
    'NOT_FOUND',
    'NOT_FOUND',
  ])
  deepStrictEqual(await codesAt(port, ['/_gateway/assets/icon.svg']), [undefined])
  say('the files of its pages are where its routes say, and nowhere else')

  const issuer = `http://127.0.0.1:${port + 2}/`
  const { statuses, missing } = await burst(`http://127.0.0.1:${port}/tunnels`, REQUESTS, issuer)
  deepStrictEqual(missing, [], 'headers that every answer carries')
  deepStrictEqual(statuses, { 200: FREE_MINUTE, 429: REQUESTS - FREE_MINUTE })
  say(`${REQUESTS} requests at once of one free user: exactly ${FREE_MINUTE} pass`)

  deepStrictEqual(await interrupt(), { code: 0, left: [] }, 'exit code, processes left')
  say('Ctrl-C ends it with 0 and leaves nothing behind')
}

/** The README speaks of the default ports; the parts stand in the same order at any other. */
function atPort(port: number, line: string): string {
  return line.replace(/127\.0\.0\.1:(\d+)/g, (_, shown) => {
    return `127.0.0.1:${port + Number(shown) - DEFAULT_PORT}`
  })
}

async function codesAt(port: number, paths: readonly string[]): Promise<(string | undefined)[]> {
  const answers = paths.map(async (path) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`)
    ok(answer.headers.has('X-Correlation-ID'), `${path} has passed the frame`)
    const text = await answer.text()
    return answer.ok ? undefined : JSON.parse(text).error.code
  })
  return Promise.all(answers)
}

async function paste(line: string, tokens: Readonly<Record<string, string>>): Promise<string> {
  const env = { ...process.env, ...tokens }
  const { stdout } = await promisify(execFile)('bash', ['-c', line], { env, timeout: 20_000 })
  return stdout
}

function say(what: string): void {
  process.stdout.write(`smoke: ${what}\n`)
}
