import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerTo, type Envelope } from '../../src/contract/envelope.ts'
import { normalize } from '../../src/steps/normalize.ts'
import catalogue from '../contract/catalogue.json'
import { answered, forwarded, responseOf } from './normalize-support.ts'

/** A text that no name, code or number can be mistaken for. */
const MARKER = 'p4ss=w0rd'

const CODES = new Set(catalogue.map(({ code }) => code))

const status = fc.oneof(
  fc.integer({ min: 100, max: 999 }),
  fc.integer({ min: 400, max: 599 }),
  fc.constantFrom(400, 401, 403, 404, 429, 500, 502, 503, 504),
)

const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'BREW')

const circumstances = fc.record({
  method,
  resource: fc.constantFrom(undefined, 'USER', 'TUNNEL', 'SESSION', 'WEBHOOK'),
  tokenVerified: fc.boolean(),
  tokenExpired: fc.boolean().map((expired) => () => expired),
})

const marked = fc.oneof(
  fc.constant(MARKER),
  fc.string().map((text) => `${text.slice(0, 20)} ${MARKER}`),
  fc.constant(`connect ECONNREFUSED postgres:5432 ${MARKER}`),
)

const code = fc.constantFrom(
  ...CODES,
  'SESSION_REVOKED',
  'PROXY_002',
  'X_NOT_INITIALIZED',
  'INVALID_X',
)

const anything = fc.oneof(
  { weight: 4, arbitrary: marked },
  { weight: 1, arbitrary: code },
  { weight: 1, arbitrary: fc.jsonValue() },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.oneof(fc.string(), marked), fc.oneof(marked, fc.double())),
  },
)

const FIELDS = [
  'code',
  'message',
  'error',
  'details',
  'suggestion',
  'category',
  'dependencies',
  'retryAfter',
  'stack',
  'detail',
  'title',
]
const fields = (value: fc.Arbitrary<unknown>) =>
  fc.record(Object.fromEntries(FIELDS.map((name) => [name, value])), { requiredKeys: [] })

const json = fc
  .oneof(
    fields(anything),
    fc.record({ error: fields(anything) }),
    fc.record({
      error: fc.record({
        code,
        message: marked,
        category: marked,
        suggestion: marked,
        details: fields(anything),
      }),
    }),
    fc.record({ dependencies: fc.dictionary(marked, anything), status: marked }),
    fc.jsonValue(),
    marked,
  )
  .map((value) => JSON.stringify(value))

const body = fc.oneof(
  { weight: 4, arbitrary: json },
  { weight: 1, arbitrary: marked },
  { weight: 1, arbitrary: marked.map((text) => `<html><pre>${text}</pre></html>`) },
  { weight: 1, arbitrary: json.map((text) => text.slice(0, -1)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 1, arbitrary: fc.constant(null) },
)

const fieldText = fc.oneof(
  fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((unit) => String.fromCharCode(unit)) }),
  fc.constantFrom('0', '17', '-1', 'Sat, 21 Nov 2026 12:01:30 GMT', '1e99', MARKER),
)

const headers = fc.record(
  {
    'Content-Type': fc.oneof(
      fc.constantFrom('application/json', 'text/html; charset=utf-16', 'text/plain', 'image/png'),
      fieldText,
    ),
    'Content-Encoding': fc.constantFrom('deflate', 'identity', 'zstd'),
    'Retry-After': fieldText,
    'WWW-Authenticate': fieldText,
    Allow: fieldText,
    'Accept-Patch': fieldText,
  },
  { requiredKeys: [] },
)

describe('whatever the upstream answers', () => {
  it('becomes a good answer untouched, or one of the 39 codes in its envelope', async () => {
    await fc.assert(
      fc.asyncProperty(status, body, headers, circumstances, async (told, text, fields, asked) => {
        const response = responseOf(told, text as BodyInit | null, fields)
        const good = told >= 200 && told < 400

        const decision = await normalize(answered(response), forwarded(asked))

        expect(decision.allowed).toBe(good)
        expect(decision.allowed ? decision.value : response).toBe(response)
        const answer = decision.allowed ? undefined : answerTo(decision, 'req-1')
        const { error } = answer ? await answer.json<Envelope>() : {}
        expect(!error || CODES.has(error.code)).toBe(true)
        expect(answer?.status).toBe(error?.statusCode)
      }),
      { numRuns: 3000 },
    )
  })

  it('keeps every text of a 5xx to itself', async () => {
    const broken = fc.oneof(
      fc.integer({ min: 500, max: 599 }),
      fc.constantFrom(500, 502, 503, 504, 100, 600, 999),
    )
    await fc.assert(
      fc.asyncProperty(broken, body, headers, circumstances, async (told, text, fields, asked) => {
        const response = responseOf(told, text as BodyInit | null, fields)

        const decision = await normalize(answered(response), forwarded(asked))

        const denial = decision.allowed ? undefined : decision
        const answer = denial && answerTo(denial, 'req-1')
        expect(denial).toBeDefined()
        // What it said is for the log alone.
        expect(JSON.stringify({ ...denial, original: '' })).not.toContain(MARKER)
        expect(JSON.stringify([...(answer?.headers ?? [])])).not.toContain(MARKER)
        expect(await answer?.text()).not.toContain(MARKER)
      }),
      { numRuns: 3000 },
    )
  })

  it('is answered also where its body is no body', async () => {
    const failing = new ReadableStream({ pull: () => Promise.reject(new Error(MARKER)) })
    const strings = new ReadableStream({
      pull(controller) {
        controller.enqueue('text, not bytes')
        controller.close()
      },
    })

    const decisions = await Promise.all(
      [failing, strings].map((stream) => normalize(answered(responseOf(500, stream)), forwarded())),
    )

    expect(decisions).toEqual([
      { allowed: false, code: 'INTERNAL_ERROR', details: { upstreamStatus: 500 }, original: '' },
      { allowed: false, code: 'INTERNAL_ERROR', details: { upstreamStatus: 500 }, original: '' },
    ])
  })
})
