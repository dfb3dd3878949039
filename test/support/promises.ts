import catalogue from '../contract/catalogue.json' with { type: 'json' }

/** An answer as it came, whoever received it. */
export interface Received {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Where the contract's example bodies end in another suggestion than its tables. */
const SUGGESTION_OF_EXAMPLE: Readonly<Record<string, string>> = {
  INVALID_TOKEN: 'Ensure token is properly formatted and not expired',
  MISSING_PARAMETER: 'Include all required parameters in request',
  INTERNAL_ERROR: 'Retry or contact support if problem persists',
}

const ALWAYS = ['code', 'message', 'category', 'statusCode', 'correlationId', 'suggestion']

/** All that an error answer may bring along beside its rate headers. */
const HEADERS =
  /^(?:content-(?:type|length|range|security-policy)|cache-control|retry-after|www-authenticate|allow|accept(?:-[a-z-]+)?|vary|link|via|date|connection|keep-alive|transfer-encoding|x-(?:gateway-error-source|correlation-id|content-type-options|frame-options)|referrer-policy|cross-origin-opener-policy|strict-transport-security)$/

/** What every answer bears, good or bad. */
export function brokenPromises({ headers }: Pick<Received, 'headers'>, id: string): string[] {
  const number = (name: string) => Number(headers.get(name) ?? Number.NaN)
  return broken({
    'a correlation id': headers.get('X-Correlation-ID') === id,
    'a limit': Number.isInteger(number('X-RateLimit-Limit')) && number('X-RateLimit-Limit') > 0,
    'what remains of it':
      number('X-RateLimit-Remaining') >= 0 &&
      number('X-RateLimit-Remaining') <= number('X-RateLimit-Limit'),
    'its reset, in Unix seconds': /^\d{10}$/.test(headers.get('X-RateLimit-Reset') ?? ''),
  })
}

/**
 * What the contract says of an error answer and this one does not keep; the rows of the contract are the judge. Words of
 * the upstream's own, a suggestion and a reason, may be in it where that speaks of a fault of the client.
 */
export function brokenPromisesOfError(received: Received, id: string, mayQuote = false): string[] {
  const { status, headers, text } = received
  const { error, ...beside } = parsed(text)
  const row = catalogue.find(({ code }) => code === error?.code)
  if (!error || !row) return [`one of the 39 codes: ${status} ${text.slice(0, 200)}`]

  const { details, ...fields } = error
  const suggestion = SUGGESTION_OF_EXAMPLE[row.code] ?? row.suggestion
  const retryable = status === 429 || status === 503
  const foreign = [...headers.keys()].filter((name) => !isOurs(name))
  return [
    ...brokenPromises(received, id),
    ...broken({
      'nothing beside the error': Object.keys(beside).length === 0,
      'just these fields': Object.keys(fields).join() === ALWAYS.join(),
      'its message': error.message === row.message,
      'its category': error.category === row.category,
      'the status of its category':
        status === row.statusCode && error.statusCode === row.statusCode,
      'the correlation id in the body': error.correlationId === id,
      'a suggestion': error.suggestion === suggestion || (mayQuote && isOneLine(error.suggestion)),
      'a reason, where it may give one':
        details?.reason === undefined || (mayQuote && isOneLine(details.reason)),
      'details with something in them': details === undefined || Object.keys(details).length > 0,
      'JSON in UTF-8': headers.get('Content-Type') === 'application/json; charset=utf-8',
      'the page of its code':
        headers.get('Link') === `</_gateway/errors/${error.code}>; rel="help"`,
      'no copy in any cache': headers.get('Cache-Control') === 'no-store',
      'its source': /^(?:gateway|upstream)$/.test(headers.get('X-Gateway-Error-Source') ?? ''),
      'Retry-After, and the same in the body': retryable
        ? /^\d+$/.test(headers.get('Retry-After') ?? '') &&
          String(details?.retryAfter) === headers.get('Retry-After')
        : !headers.has('Retry-After') && details?.retryAfter === undefined,
      'a challenge with a 401 alone':
        (status === 401) === (headers.get('WWW-Authenticate') ?? '').startsWith('Bearer realm='),
      [`no foreign header: ${foreign}`]: foreign.length === 0,
    }),
  ]
}

function isOneLine(text: unknown): boolean {
  return typeof text === 'string' && /^[^\p{Cc}\p{Cf}]{1,300}$/u.test(text)
}

function isOurs(name: string): boolean {
  return HEADERS.test(name) || /^(?:x-)?ratelimit(?:-|$)/.test(name)
}

function broken(promises: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(promises).filter((promise) => !promises[promise])
}

interface Body {
  readonly error?: Readonly<Record<string, unknown>> & {
    readonly details?: Readonly<Record<string, unknown>>
  }
}

function parsed(text: string): Body {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
