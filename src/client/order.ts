/** What a call asks for, made ready to be sent more than once. */
export interface Order {
  readonly target: string | Request
  readonly init: RequestInit
  readonly method: string
  readonly headers: Headers
  /** Whether it brings a credential of its own: a second one beside it would be refused. */
  readonly ownCredential: boolean
  readonly signal: AbortSignal | null | undefined
  /** The same for all tries, so that one look into the gateway's log finds them together. */
  readonly correlationId: string
  /** A stream can be read only once. */
  readonly repeatable: boolean
}

export function orderFrom(base: URL, input: string | URL | Request, init: RequestInit): Order {
  const request = typeof input === 'object' && 'url' in input ? input : undefined
  const url = urlFrom(base, request ? request.url : String(input))
  const headers = new Headers(init.headers ?? request?.headers)
  const ownCredential = headers.has('Authorization') || headers.has('X-API-Key')
  const correlationId = headers.get('X-Correlation-ID') ?? newId()
  headers.set('X-Correlation-ID', correlationId)
  const method = (init.method ?? request?.method ?? 'GET').toUpperCase()
  const repeatable = !isStream(init.body ?? request?.body)
  const signal = init.signal ?? request?.signal
  const target = request ?? url.href
  return { target, init, method, headers, ownCredential, signal, correlationId, repeatable }
}

/** A path goes below the base, its first slash or not; a token must never go to another origin. */
function urlFrom({ origin, pathname }: URL, text: string): URL {
  const whole = /^[a-z][a-z\d+.-]*:/i.test(text)
  const url = new URL(
    whole ? text : `${origin}${pathname.replace(/\/$/, '')}/${text.replace(/^\//, '')}`,
  )
  if (url.origin !== origin) throw new TypeError(`${url.origin} is not ${origin}`)
  return url
}

function isStream(body: unknown): boolean {
  const it = Object(body)
  return 'getReader' in it || Symbol.asyncIterator in it
}

// randomUUID is missing on pages that came over plain http.
function newId(): string {
  return `req-${crypto.getRandomValues(new Uint32Array(3)).join('-')}`
}
