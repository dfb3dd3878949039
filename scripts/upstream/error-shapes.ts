import { cloudflarePage, expressPage, nginxPage } from './error-pages.ts'
import { secrets } from './secrets.ts'

/** One way in which the API fails its clients, or seems to. */
export interface ErrorShape {
  readonly number: number
  readonly title: string
  /** The first is what the shape answers unless a status is asked for. */
  readonly answers: readonly ShapeAnswer[]
  /** `bare`: status line and `Connection: close` only. `broken`: no whole answer at all. */
  readonly kind?: 'bare' | 'broken'
}

export interface ShapeAnswer {
  readonly statuses: readonly number[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const client = [400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 415, 416, 422]
const refused = [423, 424, 425, 426, 428, 429, 431, 451]
const server = [500, 501, 502, 503, 504, 505, 507, 508, 510, 511]
const at = '2026-11-03T09:14:07.512Z'

export const errorShapes: readonly ErrorShape[] = [
  {
    number: 1,
    title: 'an error sentence alone',
    answers: [
      json([404, 401], { error: 'Not found' }),
      json([500], { error: `Failed to load session: ${secrets.query}` }),
    ],
  },
  {
    number: 2,
    title: 'the catch-all of the API',
    answers: [
      json([500, 401, 410, 429], {
        error: 'Internal server error',
        message: 'Something went wrong',
      }),
    ],
  },
  {
    number: 3,
    title: 'an error sentence with a code',
    answers: [json([403], { error: 'HTTPS required', code: 'HTTPS_REQUIRED' })],
  },
  {
    number: 4,
    title: 'error, code and message: the commonest',
    answers: [
      json([...client, ...refused], {
        error: 'Bad request',
        code: 'INVALID_REQUEST',
        message: 'Tunnel name is required',
      }),
      json(server, {
        error: 'Tunnel creation failed',
        code: 'TUNNEL_CREATE_FAILED',
        message: `duplicate key value ${secrets.constraint}`,
      }),
    ],
  },
  {
    number: 5,
    title: 'the commonest with a correlation id of its own',
    answers: [
      json([400, 408, 413, 415, 429], {
        error: 'Payload too large',
        code: 'PAYLOAD_TOO_LARGE',
        message: 'Request body exceeds 10MB',
        correlationId: 'req-0f3c1e52-6c0b-4c52-9a55-51b7c2a0d1e8',
      }),
      json([504], {
        error: 'Gateway timeout',
        code: 'QUEUE_TIMEOUT',
        message: `Request timed out in queue (${secrets.cacheHost})`,
        correlationId: 'req-0f3c1e52-6c0b-4c52-9a55-51b7c2a0d1e8',
      }),
    ],
  },
  {
    number: 6,
    title: 'details that leak, or that list fields',
    answers: [
      json([500], {
        error: 'Internal server error',
        code: 'CONTAINER_LIST_FAILED',
        message: 'Could not list containers',
        details: secrets.dockerSocket,
      }),
      json([400], {
        error: 'Validation failed',
        code: 'VALIDATION_ERROR',
        message: 'Tunnel configuration is invalid',
        details: ['config.timeout must be positive', 'config.maxConnections must be a number'],
      }),
    ],
  },
  {
    number: 7,
    title: 'a code with siblings that explain it',
    answers: [
      json([403], {
        error: 'Tier upgrade required',
        code: 'TIER_INSUFFICIENT',
        message: 'Container orchestration needs a premium plan',
        feature: 'containerOrchestration',
        userTier: 'free',
        requiredTier: 'premium',
        upgradeUrl: 'https://app.cloudtolocalllm.online/upgrade',
      }),
      json([401], {
        error: 'Insufficient scope',
        code: 'INSUFFICIENT_SCOPES',
        required: ['tunnels:write'],
        requiredScopes: ['tunnels:write'],
        suggestion: 'Sign in again',
      }),
      json([400], {
        error: 'Validation failed',
        code: 'INVALID_PREFERENCES',
        validationErrors: [{ field: 'theme', message: 'Unknown theme' }],
      }),
      json([415], {
        error: 'Unsupported media type',
        code: 'UNSUPPORTED_MEDIA_TYPE',
        supportedTypes: ['application/json', 'multipart/form-data'],
      }),
      json([504], {
        error: 'Bridge timeout',
        code: 'BRIDGE_TIMEOUT',
        message: `No answer from ${secrets.originAddress}`,
        requestId: 'b7d0c1f4',
        timeout: 60_000,
      }),
    ],
  },
  {
    number: 8,
    title: 'a contract code in the wrong field',
    answers: [
      json([503], {
        error: 'SERVICE_UNAVAILABLE',
        message: 'Proxy health service not initialized',
        code: 'PROXY_002',
      }),
    ],
  },
  {
    number: 9,
    title: 'code and message without error',
    answers: [
      json([503], {
        code: 'EXEMPTION_MANAGER_NOT_INITIALIZED',
        message: 'Exemption manager not initialized',
      }),
    ],
  },
  {
    number: 10,
    title: 'success: false',
    answers: [
      json([400], { success: false, error: 'Unknown feature', code: 'INVALID_FEATURE' }),
      json([500], { success: false, error: `Metrics query failed: ${secrets.databaseUrl}` }),
    ],
  },
  {
    number: 11,
    title: 'success: false around an error object',
    answers: [
      json([500], {
        success: false,
        error: { code: 'INTERNAL_SERVER_ERROR', message: 'Failed to get quotas' },
      }),
    ],
  },
  {
    number: 12,
    title: 'an error object with a timestamp',
    answers: [
      json([401], {
        error: { code: 'AUTH_TOKEN_MISSING', message: 'Access token is missing', timestamp: at },
      }),
      json([429], {
        error: { code: 'ADMIN_RATE_LIMIT_EXCEEDED', message: 'Slow down', timestamp: at },
      }),
    ],
  },
  {
    number: 13,
    title: 'an unsupported API version',
    answers: [
      json([400], {
        error: {
          code: 'UNSUPPORTED_API_VERSION',
          message: 'API version v9 is not supported',
          statusCode: 400,
          supportedVersions: ['v1', 'v2'],
          suggestion: 'Ask for v2',
        },
      }),
    ],
  },
  {
    number: 14,
    title: 'an error object with code and message',
    answers: [json([403], { error: { code: 'SANDBOX_DISABLED', message: 'Sandbox mode is off' } })],
  },
  {
    number: 15,
    title: 'status: error',
    answers: [
      json([500], {
        status: 'error',
        message: 'Performance report failed',
        error: secrets.databaseUser,
        timestamp: at,
      }),
    ],
  },
  {
    number: 16,
    title: 'an unhealthy health document',
    answers: [
      json([503], {
        status: 'unhealthy',
        timestamp: at,
        dependencies: {
          database: { status: 'unhealthy', message: secrets.databaseAddress, responseTime: 5003 },
          cache: { status: 'degraded', message: secrets.cacheHost },
          authentication: { status: 'healthy', responseTime: 12 },
        },
      }),
    ],
  },
  {
    number: 17,
    title: "the rate limiter's sentence as HTML",
    answers: [
      html([429], 'Too many requests from this IP, please try again later.', {
        'retry-after': '900',
      }),
    ],
  },
  {
    number: 18,
    title: "the framework's HTML page, its cause only in a header",
    answers: [
      html([400], expressPage('Bad Request'), {
        'www-authenticate': 'Bearer realm="api", error="invalid_request"',
      }),
      html([401], expressPage('Unauthorized'), {
        'www-authenticate':
          'Bearer realm="api", error="invalid_token", error_description="no signing key matches"',
      }),
      html([500], expressPage(`Error: pool exhausted<br> &nbsp; ${secrets.libraryFrame}`)),
    ],
  },
  {
    number: 19,
    title: 'a sentence about metrics as HTML',
    answers: [html([500], 'Error exporting metrics')],
  },
  {
    number: 20,
    title: 'a limit of one route',
    answers: [
      json(
        [429],
        {
          error: 'Too many registration attempts',
          code: 'RATE_LIMIT_EXCEEDED',
          retryAfter: 900,
        },
        { 'retry-after': '900' },
      ),
    ],
  },
  {
    number: 21,
    title: 'an exception with its stack',
    answers: [
      json([500], {
        error: secrets.databaseAddress,
        stack: `Error: ${secrets.databaseAddress}\n    ${secrets.libraryFrame}\n    ${secrets.ownFrame}`,
      }),
    ],
  },
  {
    number: 22,
    title: 'a bare status line',
    kind: 'bare',
    answers: [{ statuses: [400, 431], headers: { connection: 'close' }, body: '' }],
  },
  { number: 23, title: 'no whole answer', kind: 'broken', answers: [] },
  {
    number: 24,
    title: 'a redirect with a relative location',
    answers: [
      {
        statuses: [307],
        headers: { 'content-type': 'text/plain; charset=utf-8', location: './25' },
        body: 'Temporary Redirect. Redirecting to ./25',
      },
      html([301], expressPage('Redirecting to ./25', 'Redirecting'), { location: './25' }),
    ],
  },
  {
    number: 25,
    title: 'success with a failure inside',
    answers: [
      json([200], {
        status: 'degraded',
        database: { connected: false, error: 'pool is draining' },
        timestamp: at,
      }),
    ],
  },
  {
    number: 26,
    title: "the model server's own errors",
    answers: [
      json([404], { error: "model 'x' not found" }),
      json([400], { error: 'invalid option: temperature must be a number' }),
      json([500], { error: `llama runner terminated: cannot map ${secrets.modelPath}` }),
    ],
  },
  {
    number: 27,
    title: 'bodies of single middlewares',
    answers: [
      json([401], { error: 'Unauthorized', message: 'Session has ended', timestamp: at }),
      json([429], {
        error: 'Too Many Requests',
        retryAfter: 42,
        resetAt: '2026-11-03T09:14:49.000Z',
        limitType: 'user',
      }),
      json([403], {
        error: 'This feature needs a higher tier',
        currentTier: 'free',
        requiredTier: 'premium',
      }),
    ],
  },
  {
    number: 28,
    title: 'pages of the proxies in between',
    answers: [
      ...[502, 413, 503, 504].map((status) => html([status], nginxPage(status))),
      ...[520, 521, 522, 523, 524, 525, 526, 527, 530].map((status) =>
        html([status], cloudflarePage(status)),
      ),
    ],
  },
  {
    number: 29,
    title: "a message with SQL or a library's text in it",
    answers: [
      json([500], {
        error: 'Database error',
        code: 'TUNNEL_CREATION_FAILED',
        message: `${secrets.insertion}: duplicate key value ${secrets.constraint}`,
      }),
    ],
  },
]

export function statusesOf(shape: ErrorShape): readonly number[] {
  return shape.answers.flatMap((answer) => answer.statuses)
}

function json(
  statuses: readonly number[],
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ShapeAnswer {
  const type = { 'content-type': 'application/json; charset=utf-8' }
  return { statuses, headers: { ...type, ...headers }, body: JSON.stringify(body) }
}

function html(
  statuses: readonly number[],
  body: string,
  headers: Readonly<Record<string, string>> = {},
): ShapeAnswer {
  return { statuses, headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, body }
}
