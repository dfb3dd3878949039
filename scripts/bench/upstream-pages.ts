export interface Page {
  readonly status: number
  readonly type: string
  readonly body: string
  /** Sent in chunks: nobody is told its length. */
  readonly chunked?: true
}

/** Longer than nginx takes in a line of its settings. */
export const MEGABYTE = '/tunnels/megabyte'

const OWN_WORDS = '{"error":"Internal server error","message":"Something went wrong"}'

const ENVELOPE = JSON.stringify({
  error: {
    code: 'DATABASE_ERROR',
    message: 'A database operation failed',
    category: 'server_error',
    statusCode: 500,
    correlationId: 'req-upstream-5f0c',
    suggestion: 'Retry the request or contact support if the issue persists',
    details: { operation: 'select' },
  },
})

/** What the upstream says at every other path. */
export const SMALL_PAGE: Page = {
  status: 200,
  type: 'application/json',
  body: '{"tunnels":[{"id":"5f0c","name":"home","status":"connected"}],"total":1}',
}

export const PAGES: Readonly<Record<string, Page>> = {
  [MEGABYTE]: { status: 200, type: 'application/octet-stream', body: 'x'.repeat(1_048_576) },
  '/tunnels/fails-json': { status: 500, type: 'application/json', body: OWN_WORDS },
  '/tunnels/fails-envelope': { status: 500, type: 'application/json', body: ENVELOPE },
  '/tunnels/fails-html': {
    status: 500,
    type: 'text/html',
    body: `<!DOCTYPE html><html><head><title>Error</title></head><body><pre>${'at handle '.repeat(30)}</pre></body></html>`,
  },
  '/tunnels/fails-text': { status: 500, type: 'text/plain', body: 'Internal Server Error' },
  '/tunnels/fails-empty': { status: 500, type: 'text/plain', body: '' },
  '/tunnels/fails-chunked': {
    status: 500,
    type: 'application/json',
    body: OWN_WORDS,
    chunked: true,
  },
}
