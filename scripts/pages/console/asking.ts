import * as v from 'valibot'

export type Outcome<T> = Answered<T> | Refused | Lost

export interface Answered<T> {
  readonly kind: 'answered'
  readonly value: T
  readonly correlationId: string | undefined
}

/** In the gateway's own words. */
export interface Refused {
  readonly kind: 'refused'
  readonly code: string
  readonly message: string
  readonly suggestion: string
  /** Sentences of `details`. */
  readonly problems: readonly string[]
  readonly details: Readonly<Record<string, unknown>>
  readonly retryAfterSeconds: number | undefined
  readonly correlationId: string | undefined
}

/** No answer came, or one that is not the gateway's. */
export interface Lost {
  readonly kind: 'lost'
  readonly why: 'unreachable' | 'garbled'
}

const Envelope = v.object({
  error: v.object({
    code: v.string(),
    message: v.string(),
    suggestion: v.optional(v.string(), ''),
    details: v.optional(v.record(v.string(), v.unknown()), {}),
  }),
})

const TIMEOUT_MS = 20_000

export interface Asking {
  readonly authorization: string | undefined
  readonly change?: unknown
}

/** Asks the gateway that served the page, and nobody else. */
export async function ask<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
  { authorization, change }: Asking,
): Promise<Outcome<v.InferOutput<Schema>>> {
  const isChange = change !== undefined
  const asked = fetch(`/_gateway/${path}`, {
    method: isChange ? 'PATCH' : 'GET',
    headers: {
      Accept: 'application/json',
      ...(authorization !== undefined && { Authorization: authorization }),
      ...(isChange && { 'Content-Type': 'application/json' }),
    },
    ...(isChange && { body: JSON.stringify(change) }),
    // Bearer tokens alone: cookies of the API behind the gateway are none of the console's.
    credentials: 'omit',
    cache: 'no-store',
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  try {
    const response = await asked
    return outcomeOf(response.ok, await response.json(), response.headers, schema)
  } catch (problem) {
    return { kind: 'lost', why: problem instanceof SyntaxError ? 'garbled' : 'unreachable' }
  }
}

export function outcomeOf<Schema extends v.GenericSchema>(
  isGood: boolean,
  body: unknown,
  headers: Headers,
  schema: Schema,
): Outcome<v.InferOutput<Schema>> {
  const correlationId = headers.get('X-Correlation-ID') ?? undefined
  if (isGood) {
    const parsed = v.safeParse(schema, body)
    if (!parsed.success) return { kind: 'lost', why: 'garbled' }
    return { kind: 'answered', value: parsed.output, correlationId }
  }
  const parsed = v.safeParse(Envelope, body)
  if (!parsed.success) return { kind: 'lost', why: 'garbled' }
  const { code, message, suggestion, details } = parsed.output.error
  return {
    kind: 'refused',
    code,
    message,
    suggestion,
    problems: problemsIn(details),
    details,
    retryAfterSeconds: secondsIn(headers.get('Retry-After')),
    correlationId,
  }
}

function problemsIn({ problems, reason }: Readonly<Record<string, unknown>>): string[] {
  const some = Array.isArray(problems) ? problems : [reason]
  return some.filter((each) => typeof each === 'string')
}

function secondsIn(header: string | null): number | undefined {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) : undefined
}
