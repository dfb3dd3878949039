import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import rows from '../contract/catalogue.json' with { type: 'json' }

const run = promisify(execFile)

let folder: string
let file: string
let page: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reference-'))
  file = join(folder, 'errors.md')
  await reference(file)
  page = await readFile(file, 'utf8')
})
afterAll(() => rm(folder, { recursive: true }))

/** What the command prints and how it exits. */
function reference(...args: string[]) {
  return run('node_modules/.bin/node', ['scripts/write-reference.ts', ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )
}

/** The text under a heading, up to the next one of the same or a higher level. */
function section(heading: string, text: string): string {
  const [, after = ''] = text.split(`\n${heading}\n`)
  const level = heading.indexOf(' ')
  return after.split(new RegExp(`\\n#{1,${level}} `))[0] ?? ''
}

function headings(level: string): string[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith(`${level} `))
    .map((line) => line.slice(level.length + 1))
}

const TITLES: Readonly<Record<string, string>> = {
  authentication: '## Authentication: 401',
  authorization: '## Authorization: 403',
  validation: '## Validation: 400',
  not_found: '## Not found: 404',
  rate_limit: '## Rate limit: 429',
  server: '## Server: 500',
  service_unavailable: '## Service unavailable: 503',
}

/** What the contract says about repeating, as the reference says it first. */
const REPEAT: Readonly<Record<number, RegExp>> = {
  400: /^no,/,
  401: /^no,/,
  403: /^no$/,
  404: /^no$/,
  429: /^yes, after `Retry-After`/,
  500: /^with caution: it may have been executed$|^no: nothing was executed/,
  503: /^yes, after `Retry-After`$/,
}

describe('the error reference', () => {
  it('has an entry for each code of the contract and for no other', () => {
    expect(headings('###').sort()).toEqual(rows.map(({ code }) => code).sort())
  })

  it.each(rows)("$code stands under its category with the contract's words", (row) => {
    const entry = section(`### ${row.code}`, section(TITLES[row.category] ?? '', page))

    expect(entry.split('\n')).toEqual(
      expect.arrayContaining([
        `- **Message:** ${row.message}`,
        `- **Meaning:** ${row.description}`,
        `- **What to do:** ${row.exampleSuggestion ?? row.suggestion}`,
      ]),
    )
    expect(entry).toMatch(/- \*\*How it comes about:\*\* \S.{20}/)
  })

  it.each(rows)('$code is repeated as its status says, in table and entry alike', (row) => {
    const { code, statusCode } = row
    const [, repeat = ''] = /\*\*Repeat:\*\* (.*)/.exec(section(`### ${code}`, page)) ?? []

    expect(repeat).toMatch(REPEAT[statusCode] ?? /^$/)
    expect(page).toContain(`| [${code}](#${code.toLowerCase()}) | ${statusCode} | ${repeat} |`)
  })

  it('shows an error answer as a client gets it', () => {
    const [, json = ''] = page.split(/```(?:json)?\n/)

    expect(JSON.parse(json)).toEqual({
      error: {
        code: 'RATE_LIMIT_EXCEEDED_USER',
        message: 'Rate limit exceeded for user',
        category: 'rate_limit',
        statusCode: 429,
        correlationId: expect.stringMatching(/^req-\w+-[a-z2-7]{16}$/),
        suggestion: 'Wait or upgrade tier',
        details: { retryAfter: 42 },
      },
    })
  })
})

describe('an entry of the error reference', () => {
  it.each(rows)('has an example of $code that a client could get', ({ code, ...row }) => {
    const [, json = ''] = section(`### ${code}`, page).split(/```(?:json)?\n/)

    expect(JSON.parse(json).error).toMatchObject({
      code,
      message: row.message,
      category: row.category,
      statusCode: row.statusCode,
    })
  })

  it.each([
    [
      'RATE_LIMIT_EXCEEDED_IP',
      '- **Limits, where no setting changes them:** an address: 1,000 in a minute; an address: 50,000 in an hour',
    ],
    [
      'TIER_FEATURE_UNAVAILABLE',
      '- **Statuses of the upstream, where its body decides nothing:** 402',
    ],
    ['INVALID_TUNNEL_CONFIG', '- **Codes of the upstream:** `INVALID_CONFIG`'],
    ['INVALID_TUNNEL_CONFIG', '- `PUT, PATCH /tunnels/:id/config`'],
    ['INVALID_JSON', '  - `line` (number): its line, from 1'],
  ])('tells of %s what the tables know: %s', (code, line) => {
    expect(section(`### ${code}`, page).split('\n')).toContain(line)
  })

  it('names whom to ask', () => {
    expect(page).toContain('<support@cloudtolocalllm.online>')
  })
})

describe('the command that writes it', () => {
  it('writes the same text each time', async () => {
    const other = join(folder, 'again.md')
    await reference(other)

    expect(await readFile(other, 'utf8')).toBe(page)
  })

  it('finds the page in docs up to date', async () => {
    expect(await reference('--check')).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('tells a stale page in one line, exits 1 and leaves it alone', async () => {
    const stale = join(folder, 'stale.md')
    const text = page.replace('Token required', 'Token needed')
    await writeFile(stale, text)

    expect(await reference('--check', stale)).toEqual({
      code: 1,
      stdout: '',
      stderr: `reference: ${stale} is stale: write it anew with npm run reference\n`,
    })
    expect(await readFile(stale, 'utf8')).toBe(text)
  })

  it.each([
    [
      'a page that is not there',
      ['--check', '/nowhere/errors.md'],
      /^reference: .*\/nowhere\/.*\n$/,
    ],
    ['an option it does not know', ['--chekc'], /^reference: .*--chekc.*\n$/],
  ])('exits 1 with one line for %s', async (_, args, line) => {
    const { code, stderr } = await reference(...args)

    expect(code).toBe(1)
    expect(stderr).toMatch(line)
  })
})
