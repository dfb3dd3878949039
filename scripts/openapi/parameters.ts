import { ACCEPTABLE_ID } from '../../src/policy/correlation-id.ts'
import { ID_REASON, NUMBER_REASON } from '../../src/policy/parameters.ts'
import type { Route } from '../../src/policy/route.ts'
import { SUBJECT_STATES } from '../../src/policy/subject-record.ts'
import { SPANS } from '../../src/watch/span.ts'
import type { Json } from './body-schema.ts'
import { type Place, REST } from './rows.ts'

const PAGE_NUMBER = { type: 'integer', minimum: 0, maximum: 999_999_999_999 }

const numbered = (name: string, what: string) => ({
  name,
  in: 'query',
  description: `${what}; on every method it ${NUMBER_REASON}, where it is checked.`,
  schema: PAGE_NUMBER,
})

export const PARAMETER_COMPONENTS = {
  CorrelationId: {
    name: 'X-Correlation-ID',
    in: 'header',
    description:
      'A name for this exchange; `X-Request-ID` is read where it is not there. What does not look like one is replaced.',
    schema: { type: 'string', pattern: ACCEPTABLE_ID.source },
  },
  Traceparent: {
    name: 'traceparent',
    in: 'header',
    description: 'W3C Trace Context: continued, or begun.',
    schema: { type: 'string' },
  },
  Exempt: {
    name: 'X-RateLimit-Exempt',
    in: 'header',
    description:
      'Claims that a rule frees this request; what does not qualify is RATE_LIMIT_EXEMPTION_DENIED.',
    schema: { type: 'string', enum: ['health', 'auth', 'admin', 'operator'] },
  },
  Page: numbered('page', 'Which page'),
  Limit: numbered('limit', 'How many at most'),
  Offset: numbered('offset', 'After how many'),
} as const

const ref = (name: keyof typeof PARAMETER_COMPONENTS) => ({
  $ref: `#/components/parameters/${name}`,
})

/** What every method of a place takes. */
export function sharedParameters({ path, answering }: Place): Json[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const checked = answering.every(({ routes }) => routes.every(({ parameters }) => parameters))
  return [
    ...names.map((name) => inPath(name, checked)),
    ref('CorrelationId'),
    ref('Traceparent'),
    ref('Exempt'),
  ]
}

/** What reading takes beside it. */
export function pagingOf({ parameters, page }: Route): Json[] {
  if (page === 'auditTrail' || page === 'recentEvents') return [LIST_LIMIT]
  if (page === 'listSubjects') return [LIST_LIMIT, STATE]
  if (page === 'traffic') return [SPAN]
  return parameters ? [ref('Page'), ref('Limit'), ref('Offset')] : []
}

const SPAN = {
  name: 'span',
  in: 'query',
  description: 'How far back, to the end of the step that is under way.',
  schema: { type: 'string', enum: Object.keys(SPANS), default: 'hour' },
}

const LIST_LIMIT = {
  name: 'limit',
  in: 'query',
  description: 'How many entries at most.',
  schema: { type: 'integer', minimum: 1, maximum: 1_000, default: 100 },
}

const STATE = {
  name: 'state',
  in: 'query',
  description: 'What of it holds; all of them where this is not given.',
  schema: { type: 'string', enum: SUBJECT_STATES },
}

const MEANINGS: Readonly<Record<string, string>> = {
  [REST]: 'The rest of the path, which may go on with further segments.',
  exchange: 'A correlation id, or the gateway’s own id of one exchange.',
  subject: '`ip:ADDRESS`, `key:SHA-256` or `user:ISSUER|SUB`, or the base64url of that.',
}

function inPath(name: string, checked: boolean): Json {
  const meaning = MEANINGS[name] ?? ''
  const description = [meaning, ...(checked ? [`Each segment ${ID_REASON}.`] : [])].join(' ').trim()
  return {
    name,
    in: 'path',
    required: true,
    ...(description && { description }),
    schema: { type: 'string', minLength: 1, ...(checked && name !== REST && { maxLength: 255 }) },
  }
}
