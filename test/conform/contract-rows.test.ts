import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judge } from '../../scripts/conform/judge.ts'
import { DEFAULTS } from '../../scripts/conform/options.ts'
import { close, listen } from '../../scripts/upstream/listen.ts'
import rows from '../contract/catalogue.json' with { type: 'json' }
import { verdictsOf } from './judged-world.ts'

type Row = (typeof rows)[number]

/** Answers /CODE with the contract's own row, and what `?without=` names of it in other words. */
const server = createServer(({ url = '/' }, response) => {
  const { pathname, searchParams } = new URL(url, 'http://rows.test')
  const row = rows.find(({ code }) => pathname === `/${code}`)
  if (!row) return response.end('{}')
  const correlationId = 'req-rows-0001'
  const { code, message, category, statusCode, suggestion } = row
  const error = { code, message, category, statusCode, correlationId, suggestion }
  const changed = searchParams.get('changed')
  if (changed) Object.assign(error, { [changed]: searchParams.get('to') })
  response.writeHead(statusCode, {
    'content-type': 'application/json',
    'x-correlation-id': correlationId,
  })
  return response.end(JSON.stringify({ error }))
})
let url: URL
beforeAll(async () => {
  url = new URL(`http://127.0.0.1:${await listen(server)}`)
})
afterAll(() => close(server))

async function verdictsOn(paths: readonly string[]) {
  return verdictsOf(await judge({ ...DEFAULTS, url, open: '/', maxBodyBytes: 10, also: paths }))
}

const OF_CODES = [
  'error-json',
  'envelope-shape',
  'known-code',
  'category-of-code',
  'status-of-category',
  'status-code-member',
  'message-of-code',
  'suggestion-of-code',
  'correlation-in-body',
]

describe('the judge and the contract', () => {
  it('agree on all 39 rows', async () => {
    const verdicts = await verdictsOn(rows.map(({ code }) => `/${code}`))

    expect(OF_CODES.filter((id) => verdicts[id] !== 'held')).toEqual([])
  })

  it('agree on the suggestions of the example bodies', async () => {
    const examples = rows.flatMap(({ code, exampleSuggestion }) =>
      exampleSuggestion
        ? [`/${code}?changed=suggestion&to=${encodeURIComponent(exampleSuggestion)}`]
        : [],
    )
    const verdicts = await verdictsOn(examples)

    expect(examples).toHaveLength(4)
    expect(verdicts['suggestion-of-code']).toBe('held')
  })

  it.each([
    ['message', 'message-of-code', (row: Row) => `${row.message}.`],
    ['category', 'category-of-code', (row: Row) => row.category.toUpperCase()],
    ['suggestion', 'suggestion-of-code', (row: Row) => `${row.suggestion}.`],
    ['code', 'known-code', (row: Row) => row.code.toLowerCase()],
  ])('disagree with another %s in any of the rows', async (member, clause, change) => {
    const paths = rows.map(
      (row) => `/${row.code}?changed=${member}&to=${encodeURIComponent(change(row))}`,
    )
    const report = await judge({ ...DEFAULTS, url, open: '/', maxBodyBytes: 10, also: paths })

    const judged = report.judged.find(({ clause: { id } }) => id === clause)
    const findings = judged?.judgement.verdict === 'broken' ? judged.judgement.findings : []
    expect(findings.map(({ shown }) => shown.asked.path)).toEqual(paths)
  })
})
