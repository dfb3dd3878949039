import { CATALOGUE, type ErrorCode, STATUS_OF_CATEGORY } from '../../../src/contract/catalogue.ts'
import { codeOf, isRecord, owesEnvelope } from '../exchange.ts'
import { type Clause, everyAnswer } from '../judgement.ts'

const TEXTS = ['code', 'message', 'category', 'correlationId', 'suggestion']
const MEMBERS = [...TEXTS, 'statusCode', 'details']
const STATUSES: readonly number[] = Object.values(STATUS_OF_CATEGORY)

/** The contract's tables and its example bodies differ in these, and both are its word. */
const ALSO_SUGGESTED: Partial<Readonly<Record<ErrorCode, string>>> = {
  INVALID_TOKEN: 'Ensure token is properly formatted',
  MISSING_PARAMETER: 'Include all required parameters',
  INTERNAL_ERROR: 'Retry or contact support',
}

export const ENVELOPE_CLAUSES: readonly Clause[] = [
  everyAnswer({
    id: 'error-json',
    sentence: 'Every error answer is JSON and says so in Content-Type.',
    of: owesEnvelope,
    fault({ answer: { headers, body } }) {
      const type = headers.get('Content-Type')
      if (!/^application\/json\s*(;|$)/i.test(type ?? '')) return `Content-Type is ${type}`
      return parsed(body) === undefined ? 'the body is no JSON' : undefined
    },
  }),
  everyAnswer({
    id: 'envelope-shape',
    sentence: 'The body of an error is the envelope: its members, their types, and no others.',
    of: (exchange) => owesEnvelope(exchange) && parsed(exchange.answer.body) !== undefined,
    fault: ({ answer }) => faultInShape(parsed(answer.body)),
  }),
  everyAnswer({
    id: 'known-code',
    sentence: 'The code of an error is one of the 39.',
    of: ({ answer }) => typeof answer.error?.code === 'string',
    fault: (exchange) =>
      codeOf(exchange) ? undefined : `${exchange.answer.error?.code} is not one of them`,
  }),
  everyAnswer({
    id: 'category-of-code',
    sentence: 'A code has one category.',
    of: (exchange) => codeOf(exchange) !== undefined && text(exchange.answer.error?.category),
    fault: (exchange) => differs(exchange.answer.error?.category, rowOf(exchange)?.category),
  }),
  everyAnswer({
    id: 'status-of-category',
    sentence: 'A category has one status: 400, 401, 403, 404, 429, 500 or 503.',
    of: (exchange) => exchange.answer.status >= 400,
    fault(exchange) {
      const { status } = exchange.answer
      const row = rowOf(exchange)
      if (row) return differs(status, STATUS_OF_CATEGORY[row.category])
      return STATUSES.includes(status) ? undefined : `${status} is the status of no category`
    },
  }),
  everyAnswer({
    id: 'status-code-member',
    sentence: 'statusCode is the status of the answer.',
    of: ({ answer }) => answer.status >= 400 && typeof answer.error?.statusCode === 'number',
    fault: ({ answer }) => differs(answer.error?.statusCode, answer.status),
  }),
  everyAnswer({
    id: 'message-of-code',
    sentence: 'A code has one message.',
    of: (exchange) => codeOf(exchange) !== undefined && text(exchange.answer.error?.message),
    fault: (exchange) => differs(exchange.answer.error?.message, rowOf(exchange)?.message),
  }),
  everyAnswer({
    id: 'suggestion-of-code',
    sentence:
      'The suggestion is the one of the code; an API behind a gateway may make another in its own envelope.',
    of: (exchange) => codeOf(exchange) !== undefined && text(exchange.answer.error?.suggestion),
    fault(exchange) {
      const { error, headers } = exchange.answer
      const code = codeOf(exchange)
      if (code && error?.suggestion === ALSO_SUGGESTED[code]) return undefined
      if (headers.get('X-Gateway-Error-Source') === 'upstream' && error?.suggestion)
        return undefined
      return differs(error?.suggestion, rowOf(exchange)?.suggestion)
    },
  }),
]

function faultInShape(json: unknown): string | undefined {
  if (!isRecord(json)) return 'the body is no object'
  const beside = Object.keys(json).filter((name) => name !== 'error')
  if (!isRecord(json.error)) return 'there is no object "error"'
  if (beside.length > 0) return `beside "error" there is ${beside.join(', ')}`
  const { error } = json
  const unknown = Object.keys(error).filter((name) => !MEMBERS.includes(name))
  if (unknown.length > 0) return `the envelope has no ${unknown.join(', ')}`
  const missing = TEXTS.filter((name) => !text(error[name]))
  if (missing.length > 0) return `missing or no text: ${missing.join(', ')}`
  if (!Number.isInteger(error.statusCode)) return 'statusCode is no whole number'
  return error.details === undefined || isRecord(error.details) ? undefined : 'details is no object'
}

function rowOf(exchange: Parameters<typeof codeOf>[0]) {
  const code = codeOf(exchange)
  return code && CATALOGUE[code]
}

function differs(found: unknown, promised: unknown): string | undefined {
  return found === promised
    ? undefined
    : `${JSON.stringify(found)} and not ${JSON.stringify(promised)}`
}

function text(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
