import { describe, expect, it } from 'vitest'
import type { Operation } from '../../scripts/openapi/operation.ts'
import { ownCodesOf } from '../../scripts/openapi/own-codes.ts'
import { relayedCodesOf } from '../../scripts/openapi/relayed-codes.ts'
import { places } from '../../scripts/openapi/rows.ts'
import { CAUSES } from '../support/causes.ts'
import { relayedAnswers } from '../support/relayed-answers.ts'

const operations = places().flatMap(({ answering }) =>
  answering.flatMap(({ method, routes }) => routes.map((route) => ({ route, method }))),
)
const nameOf = ({ route, method }: Operation) =>
  `${method} ${route.path}${route.page ? ` (${route.page})` : ''}`
const byName = new Map(operations.map((operation) => [nameOf(operation), operation]))

/** One test of its own provokes it on every path. */
const ELSEWHERE = 'CONFIGURATION_ERROR'

describe('what an operation is declared to answer of the gateway’s own accord, it answers', () => {
  it.each([...byName])('%s', async (_, operation) => {
    const codes = [...ownCodesOf(operation)].filter((code) => code !== ELSEWHERE)
    const answered: string[] = []
    for (const code of codes) {
      const answer = await CAUSES[code]?.(operation)
      answered.push(answer && answer.status >= 400 ? answer.error.code : `no ${code}`)
    }

    expect(answered).toEqual(codes)
  })
})

const forwarded = operations.filter(
  // One that may be repeated, and one that may not.
  ({ route, method }) => !route.page && (method === 'GET' || method === 'POST'),
)
/** What the judgement of an upstream's answer depends on. */
const kindOf = ({ route, method }: Operation) =>
  [method, route.access, route.resource ?? 'anything', route.credential ?? ''].join(' ').trim()
const kinds = new Map(forwarded.map((operation) => [kindOf(operation), operation]))

describe('what is declared to come of an upstream’s answer comes of one', () => {
  it.each([...kinds])('%s', async (_, operation) => {
    const answered = await relayedAnswers(operation)

    expect([...relayedCodesOf(operation)].filter((code) => !answered.has(code))).toEqual([])
  })
})
