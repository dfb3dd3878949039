/** The seven categories; a category alone decides the HTTP status. */
export const STATUS_OF_CATEGORY = {
  authentication: 401,
  authorization: 403,
  validation: 400,
  not_found: 404,
  rate_limit: 429,
  server: 500,
  service_unavailable: 503,
} as const

export type Category = keyof typeof STATUS_OF_CATEGORY
export type ErrorStatus = (typeof STATUS_OF_CATEGORY)[Category]

export interface Entry {
  readonly category: Category
  /** Wire text, the same for every occurrence of the code. */
  readonly message: string
  /** What the code says about the request, for the reference. */
  readonly meaning: string
  /** Wire text: what the client can do about it. */
  readonly suggestion: string
}

/** The contract's 39 codes. Where the contract's example bodies and its tables differ, the bodies win. */
export const CATALOGUE = {
  MISSING_TOKEN: {
    category: 'authentication',
    message: 'Token required',
    meaning: 'No authentication token provided',
    suggestion: 'Provide valid JWT token in Authorization header',
  },
  INVALID_TOKEN: {
    category: 'authentication',
    message: 'Invalid token format',
    meaning: 'Token format is invalid',
    suggestion: 'Ensure token is properly formatted and not expired',
  },
  INVALID_TOKEN_FORMAT: {
    category: 'authentication',
    message: 'Invalid token format',
    meaning: 'Token cannot be decoded',
    suggestion: 'Provide valid JWT token',
  },
  TOKEN_EXPIRED: {
    category: 'authentication',
    message: 'Token expired',
    meaning: 'JWT token has expired',
    suggestion: 'Refresh token using /auth/token/refresh',
  },
  TOKEN_REFRESH_FAILED: {
    category: 'authentication',
    message: 'Token refresh failed',
    meaning: 'Unable to refresh token',
    suggestion: 'Check refresh token validity',
  },
  TOKEN_REFRESH_ERROR: {
    category: 'authentication',
    message: 'Token refresh failed',
    meaning: 'Error during token refresh',
    suggestion: 'Retry or re-authenticate',
  },
  INVALID_REFRESH_TOKEN: {
    category: 'authentication',
    message: 'Invalid refresh token format',
    meaning: 'Refresh token format is invalid',
    suggestion: 'Provide valid refresh token',
  },
  MISSING_REFRESH_TOKEN: {
    category: 'authentication',
    message: 'Refresh token required',
    meaning: 'No refresh token provided',
    suggestion: 'Provide refresh token in request body or cookie',
  },
  AUTH_REQUIRED: {
    category: 'authentication',
    message: 'Authentication required',
    meaning: 'Endpoint requires authentication',
    suggestion: 'Authenticate with valid JWT token',
  },
  HTTPS_REQUIRED: {
    category: 'authentication',
    message: 'HTTPS required',
    meaning: 'Authentication endpoints require HTTPS',
    suggestion: 'Use HTTPS in production',
  },
  INSUFFICIENT_PERMISSIONS: {
    category: 'authorization',
    message: 'Insufficient permissions',
    meaning: 'User lacks required permissions',
    suggestion: 'Request admin to grant permissions',
  },
  ADMIN_REQUIRED: {
    category: 'authorization',
    message: 'Admin access required',
    meaning: 'Endpoint requires admin role',
    suggestion: 'Use admin account',
  },
  TIER_FEATURE_UNAVAILABLE: {
    category: 'authorization',
    message: 'Feature not available for tier',
    meaning: "Feature not available in user's tier",
    suggestion: 'Upgrade to higher tier',
  },
  RATE_LIMIT_EXEMPTION_DENIED: {
    category: 'authorization',
    message: 'Rate limit exemption denied',
    meaning: 'User not eligible for exemption',
    suggestion: 'Contact support',
  },
  MISSING_PARAMETER: {
    category: 'validation',
    message: 'Missing required parameter',
    meaning: 'Required parameter not provided',
    suggestion: 'Include all required parameters in request',
  },
  INVALID_PARAMETER: {
    category: 'validation',
    message: 'Invalid parameter value',
    meaning: 'Parameter value is invalid',
    suggestion: 'Provide valid parameter value',
  },
  INVALID_EMAIL: {
    category: 'validation',
    message: 'Invalid email format',
    meaning: 'Email format is invalid',
    suggestion: 'Provide valid email address',
  },
  INVALID_URL: {
    category: 'validation',
    message: 'Invalid URL format',
    meaning: 'URL format is invalid',
    suggestion: 'Provide valid URL',
  },
  INVALID_JSON: {
    category: 'validation',
    message: 'Invalid JSON format',
    meaning: 'Request body is not valid JSON',
    suggestion: 'Provide valid JSON',
  },
  VALIDATION_ERROR: {
    category: 'validation',
    message: 'Validation failed',
    meaning: 'Input validation failed',
    suggestion: 'Check error details for specific issues',
  },
  MISSING_SESSION_ID: {
    category: 'validation',
    message: 'Session ID required',
    meaning: 'Session ID not provided',
    suggestion: 'Provide valid session ID',
  },
  INVALID_TUNNEL_CONFIG: {
    category: 'validation',
    message: 'Invalid tunnel configuration',
    meaning: 'Tunnel configuration is invalid',
    suggestion: 'Check configuration parameters',
  },
  NOT_FOUND: {
    category: 'not_found',
    message: 'Resource not found',
    meaning: 'Requested resource does not exist',
    suggestion: 'Verify resource ID',
  },
  USER_NOT_FOUND: {
    category: 'not_found',
    message: 'User not found',
    meaning: 'User does not exist',
    suggestion: 'Check user ID',
  },
  TUNNEL_NOT_FOUND: {
    category: 'not_found',
    message: 'Tunnel not found',
    meaning: 'Tunnel does not exist',
    suggestion: 'Check tunnel ID',
  },
  SESSION_NOT_FOUND: {
    category: 'not_found',
    message: 'Session not found',
    meaning: 'Session does not exist',
    suggestion: 'Create new session',
  },
  WEBHOOK_NOT_FOUND: {
    category: 'not_found',
    message: 'Webhook not found',
    meaning: 'Webhook does not exist',
    suggestion: 'Check webhook ID',
  },
  RATE_LIMIT_EXCEEDED: {
    category: 'rate_limit',
    message: 'Rate limit exceeded',
    meaning: 'Too many requests',
    suggestion: 'Wait before retrying',
  },
  RATE_LIMIT_EXCEEDED_USER: {
    category: 'rate_limit',
    message: 'Rate limit exceeded for user',
    meaning: 'User rate limit exceeded',
    suggestion: 'Wait or upgrade tier',
  },
  RATE_LIMIT_EXCEEDED_IP: {
    category: 'rate_limit',
    message: 'Rate limit exceeded for IP',
    meaning: 'IP rate limit exceeded',
    suggestion: 'Wait before retrying',
  },
  QUOTA_EXCEEDED: {
    category: 'rate_limit',
    message: 'Quota exceeded',
    meaning: 'Resource quota exceeded',
    suggestion: 'Upgrade tier or wait for reset',
  },
  INTERNAL_ERROR: {
    category: 'server',
    message: 'Internal server error',
    meaning: 'Unexpected server error',
    suggestion: 'Retry or contact support if problem persists',
  },
  DATABASE_ERROR: {
    category: 'server',
    message: 'Database error',
    meaning: 'Database operation failed',
    suggestion: 'Retry or contact support',
  },
  SERVICE_ERROR: {
    category: 'server',
    message: 'Service error',
    meaning: 'External service error',
    suggestion: 'Retry or contact support',
  },
  CONFIGURATION_ERROR: {
    category: 'server',
    message: 'Configuration error',
    meaning: 'Server configuration error',
    suggestion: 'Contact support',
  },
  SERVICE_UNAVAILABLE: {
    category: 'service_unavailable',
    message: 'Service unavailable',
    meaning: 'Service temporarily unavailable',
    suggestion: 'Retry after delay',
  },
  DATABASE_UNAVAILABLE: {
    category: 'service_unavailable',
    message: 'Database unavailable',
    meaning: 'Database is unavailable',
    suggestion: 'Wait for database recovery',
  },
  CACHE_UNAVAILABLE: {
    category: 'service_unavailable',
    message: 'Cache unavailable',
    meaning: 'Cache service is unavailable',
    suggestion: 'Retry or use fallback',
  },
  EXTERNAL_SERVICE_UNAVAILABLE: {
    category: 'service_unavailable',
    message: 'External service unavailable',
    meaning: 'External service is down',
    suggestion: 'Wait for service recovery',
  },
} as const satisfies Record<string, Entry>

export type ErrorCode = keyof typeof CATALOGUE

export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && Object.hasOwn(CATALOGUE, text)
}

export function statusOf(code: ErrorCode): ErrorStatus {
  return STATUS_OF_CATEGORY[CATALOGUE[code].category]
}
