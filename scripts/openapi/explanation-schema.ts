import { STEPS } from '../../src/watch/journey-steps.ts'

const TEXT = { type: 'string' }
const TIME = { type: 'string', format: 'date-time' }
const WHOLE = { type: 'integer', minimum: 0 }
const MILLISECONDS = { type: 'number', minimum: 0 }

const READING = { limit: WHOLE, remaining: WHOLE, windowSeconds: WHOLE, resetAt: TIME }

/** How one exchange came to its error. What there is nothing to say of is left out. */
export const EXPLANATION = {
  type: 'object',
  properties: {
    id: { ...TEXT, description: 'The gateway’s own id of the exchange: no other has it.' },
    time: { ...TIME, description: 'When the request came.' },
    correlationId: TEXT,
    traceId: TEXT,
    environment: TEXT,
    method: TEXT,
    route: { ...TEXT, description: 'The path of the route’s row, never the request’s own.' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    code: TEXT,
    cause: { ...TEXT, description: 'As in the access record.' },
    decidedBy: {
      type: 'object',
      description:
        'The step that said no, and the rule, limit, claim, permission or feature by which it did. `settings`: they could not be read; `fault`: nobody foresaw it, and the log has its text.',
      properties: { step: { enum: [...STEPS, 'settings', 'fault'] } },
      required: ['step'],
    },
    steps: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          step: { enum: STEPS },
          outcome: { enum: ['passed', 'refused', 'not reached', 'unknown'] },
          ms: MILLISECONDS,
        },
        required: ['step', 'outcome'],
        additionalProperties: false,
      },
    },
    readings: {
      type: 'object',
      properties: {
        ...READING,
        source: { enum: ['store', 'lease', 'memory', 'isolate'] },
        shadowed: { type: 'array', items: TEXT },
        address: { type: 'object', properties: READING, required: ['limit', 'remaining'] },
      },
      required: ['limit', 'remaining', 'source', 'address'],
    },
    caller: {
      type: 'object',
      properties: { kind: { enum: ['anonymous', 'user', 'key'] }, tier: TEXT, subject: TEXT },
      required: ['kind'],
    },
    address: { ...TEXT, description: 'The client’s network, never its whole address.' },
    exemption: TEXT,
    upstream: {
      type: 'object',
      properties: {
        status: WHOLE,
        failure: { enum: ['open', 'unreachable', 'lost', 'late'] },
        original: { ...TEXT, maxLength: 1_000, description: 'What it said, redacted.' },
        retries: WHOLE,
        breaker: { enum: ['open', 'probe', 'substitute'] },
      },
      required: ['retries'],
    },
    timings: {
      type: 'object',
      description: 'For whom it waited: milliseconds since it came, and how long.',
      additionalProperties: {
        type: 'object',
        properties: { since: MILLISECONDS, ms: MILLISECONDS },
        required: ['since', 'ms'],
      },
    },
    queuedMs: MILLISECONDS,
    durationMs: MILLISECONDS,
  },
  required: [
    'id',
    'time',
    'correlationId',
    'traceId',
    'environment',
    'method',
    'status',
    'code',
    'decidedBy',
    'steps',
    'address',
    'timings',
    'durationMs',
  ],
  additionalProperties: false,
} as const
