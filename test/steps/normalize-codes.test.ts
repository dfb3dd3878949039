import { describe, expect, it } from 'vitest'
import type { Resource } from '../../src/policy/route.ts'
import { seenOf } from './normalize-support.ts'

describe("the backend's own codes", () => {
  it.each([
    ['NO_TOKEN', 401, 'MISSING_TOKEN'],
    ['AUTH_TOKEN_MISSING', 401, 'MISSING_TOKEN'],
    ['MISSING_API_KEY', 401, 'MISSING_TOKEN'],
    ['AUTH_TOKEN_INVALID', 401, 'INVALID_TOKEN'],
    ['INVALID_API_KEY', 401, 'INVALID_TOKEN'],
    ['AUTH_TOKEN_EXPIRED', 401, 'TOKEN_EXPIRED'],
    ['AUTHENTICATION_REQUIRED', 401, 'AUTH_REQUIRED'],
    ['SESSION_REVOKED', 401, 'AUTH_REQUIRED'],
    ['ADMIN_ACCESS_REQUIRED', 403, 'ADMIN_REQUIRED'],
    ['INSUFFICIENT_ROLE', 403, 'INSUFFICIENT_PERMISSIONS'],
    ['INSUFFICIENT_SCOPES', 403, 'INSUFFICIENT_PERMISSIONS'],
    ['FORBIDDEN', 403, 'INSUFFICIENT_PERMISSIONS'],
    ['FEATURE_UNAVAILABLE', 403, 'TIER_FEATURE_UNAVAILABLE'],
    ['TIER_INSUFFICIENT', 403, 'TIER_FEATURE_UNAVAILABLE'],
    ['DIRECT_PROXY_FORBIDDEN', 403, 'TIER_FEATURE_UNAVAILABLE'],
    ['INVALID_CONFIG', 400, 'INVALID_TUNNEL_CONFIG'],
    ['MISSING_TUNNEL_ID', 400, 'MISSING_PARAMETER'],
    ['NAME_REQUIRED', 400, 'MISSING_PARAMETER'],
    ['INVALID_REQUEST', 400, 'INVALID_PARAMETER'],
    ['INVALID_ID', 404, 'INVALID_PARAMETER'],
    ['BACKUP_NOT_FOUND', 404, 'NOT_FOUND'],
    ['BACKUP_NOT_FOUND', 410, 'NOT_FOUND'],
    ['ADMIN_READ_LIMIT_EXCEEDED', 429, 'RATE_LIMIT_EXCEEDED'],
    ['ADMIN_LIMIT_EXCEEDED', 429, 'RATE_LIMIT_EXCEEDED'],
    ['QUEUE_FULL', 429, 'RATE_LIMIT_EXCEEDED'],
    ['PROXY_SERVICE_NOT_INITIALIZED', 503, 'SERVICE_UNAVAILABLE'],
    ['PROXY_SERVICE_NOT_INITIALIZED', 500, 'SERVICE_UNAVAILABLE'],
  ])('%s on a %i becomes %s', async (own, status, code) => {
    const { error } = await seenOf(status, { error: 'A sentence', code: own })

    expect(error.code).toBe(code)
    expect(error.details).toMatchObject({ upstreamStatus: status, upstreamCode: own })
  })

  it.each([
    [402, 'PAYMENT_REQUIRED', 'TIER_FEATURE_UNAVAILABLE'],
    [403, 'EMAIL_VERIFICATION_REQUIRED', 'INSUFFICIENT_PERMISSIONS'],
    [401, 'INVALID_CREDENTIALS', 'AUTH_REQUIRED'],
    [428, 'PRECONDITION_REQUIRED', 'VALIDATION_ERROR'],
  ])('a %i is not overruled by the mere shape of %s', async (status, own, code) => {
    expect((await seenOf(status, { code: own })).error.code).toBe(code)
  })
})

describe('where a code is looked for', () => {
  it.each([
    ['error.code', { error: { code: 'INVALID_URL', message: 'm' } }],
    ['code', { error: 'Bad request', code: 'INVALID_URL' }],
    ['error', { error: 'INVALID_URL', message: 'm' }],
    ['error, beside a code of its own', { error: 'INVALID_URL', code: 'PROXY_002' }],
  ])('in %s', async (_, body) => {
    expect((await seenOf(400, body)).error.code).toBe('INVALID_URL')
  })

  it('takes a single shouted word in error for prose, unless it is known', async () => {
    const prose = await seenOf(400, { error: 'SORRY' })
    const known = await seenOf(400, { error: 'FORBIDDEN' })
    const broken = await seenOf(500, { error: 'SORRY' })

    expect(prose.error.details).toEqual({ upstreamStatus: 400, reason: 'SORRY' })
    expect(known.error.code).toBe('INSUFFICIENT_PERMISSIONS')
    expect(broken.error.details).toEqual({ upstreamStatus: 500 })
  })

  it.each([
    ['a number', { code: 404 }],
    ['a sentence', { code: 'not a code' }],
    ['an inherited name', { code: 'constructor' }],
    ['too long', { code: `INVALID_${'A'.repeat(64)}` }],
    ['an array', [{ code: 'INVALID_URL' }]],
  ])('and not in %s', async (_, body) => {
    const { error } = await seenOf(400, body)

    expect(error.code).toBe('VALIDATION_ERROR')
    expect(error.details).not.toHaveProperty('upstreamCode')
  })
})

describe('a code outside its class', () => {
  it.each([
    [400, 'INTERNAL_ERROR', 'VALIDATION_ERROR'],
    [404, 'DATABASE_UNAVAILABLE', 'NOT_FOUND'],
    [500, 'INVALID_TOKEN', 'INTERNAL_ERROR'],
    [500, 'USER_NOT_FOUND', 'INTERNAL_ERROR'],
    [500, 'MODEL_NOT_FOUND', 'INTERNAL_ERROR'],
    [503, 'QUEUE_FULL', 'SERVICE_UNAVAILABLE'],
    [400, 'CACHE_NOT_INITIALIZED', 'VALIDATION_ERROR'],
    [407, 'AUTH_REQUIRED', 'SERVICE_ERROR'],
    [408, 'INVALID_JSON', 'EXTERNAL_SERVICE_UNAVAILABLE'],
    [429, 'INVALID_TOKEN', 'RATE_LIMIT_EXCEEDED'],
    [501, 'SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    [505, 'DATABASE_ERROR', 'SERVICE_ERROR'],
    [507, 'CACHE_UNAVAILABLE', 'SERVICE_ERROR'],
    [511, 'INTERNAL_ERROR', 'SERVICE_ERROR'],
    [599, 'PROXY_NOT_INITIALIZED', 'SERVICE_ERROR'],
    [522, 'INTERNAL_ERROR', 'EXTERNAL_SERVICE_UNAVAILABLE'],
    [600, 'INVALID_JSON', 'EXTERNAL_SERVICE_UNAVAILABLE'],
  ])('on a %i is not followed: %s', async (status, said, code) => {
    expect((await seenOf(status, { code: said })).error.code).toBe(code)
  })

  it.each([
    [429, 'QUOTA_EXCEEDED'],
    [429, 'RATE_LIMIT_EXCEEDED_USER'],
    [422, 'INVALID_EMAIL'],
    [400, 'USER_NOT_FOUND'],
    [500, 'CONFIGURATION_ERROR'],
    [503, 'CACHE_UNAVAILABLE'],
    [502, 'DATABASE_ERROR'],
  ])('but on a %i inside it: %s', async (status, said) => {
    expect((await seenOf(status, { code: said })).error.code).toBe(said)
  })
})

describe('a promise that repeating is safe', () => {
  it.each([
    [500, 'DATABASE_UNAVAILABLE', 'DATABASE_UNAVAILABLE', 'DATABASE_ERROR'],
    [502, 'DATABASE_UNAVAILABLE', 'DATABASE_UNAVAILABLE', 'DATABASE_ERROR'],
    [504, 'CACHE_UNAVAILABLE', 'CACHE_UNAVAILABLE', 'SERVICE_ERROR'],
    [500, 'SERVICE_UNAVAILABLE', 'SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    [500, 'PROXY_NOT_INITIALIZED', 'SERVICE_UNAVAILABLE', 'SERVICE_ERROR'],
    [503, 'DATABASE_UNAVAILABLE', 'DATABASE_UNAVAILABLE', 'DATABASE_UNAVAILABLE'],
    [500, 'DATABASE_ERROR', 'DATABASE_ERROR', 'DATABASE_ERROR'],
  ])('from a %i with %s is %s to a GET and %s to a PATCH', async (status, code, get, patch) => {
    expect((await seenOf(status, { code })).error.code).toBe(get)
    expect((await seenOf(status, { code }, { method: 'PATCH' })).error.code).toBe(patch)
  })
})

describe('prose that names a failed database connection', () => {
  it.each([
    ['connect ECONNREFUSED 127.0.0.1:5432'],
    ['Connection terminated unexpectedly (postgres)'],
    ['Database connection failed'],
    ['Could not connect to database'],
    ['SequelizeConnectionError: getaddrinfo ENOTFOUND mysql.internal'],
  ])('is told as the database being away: %s', async (error) => {
    expect((await seenOf(500, { error })).error.code).toBe('DATABASE_UNAVAILABLE')
    expect((await seenOf(500, { error }, { method: 'POST' })).error.code).toBe('DATABASE_ERROR')
    expect((await seenOf(503, { error }, { method: 'POST' })).error.code).toBe(
      'DATABASE_UNAVAILABLE',
    )
  })

  it.each([
    ['connect ECONNREFUSED 127.0.0.1:11434'],
    ['duplicate key value violates a constraint of the database'],
    ['syntax error in SELECT'],
  ])('is not found in: %s', async (error) => {
    expect((await seenOf(500, { error })).error.code).toBe('INTERNAL_ERROR')
  })

  it('is not looked for in a 4xx', async () => {
    const { error } = await seenOf(400, { error: 'connect ECONNREFUSED 127.0.0.1:5432' })

    expect(error.code).toBe('VALIDATION_ERROR')
  })
})

describe('a 404 without a known code', () => {
  it.each<[Resource, string]>([
    ['USER', 'USER_NOT_FOUND'],
    ['TUNNEL', 'TUNNEL_NOT_FOUND'],
    ['SESSION', 'SESSION_NOT_FOUND'],
    ['WEBHOOK', 'WEBHOOK_NOT_FOUND'],
  ])('on a route about a %s is %s', async (resource, code) => {
    expect((await seenOf(404, { error: 'Not found' }, { resource })).error.code).toBe(code)
    expect((await seenOf(404, { code: 'X_1' }, { resource })).error.code).toBe(code)
  })

  it('yields to a code that is known', async () => {
    const { error } = await seenOf(404, { code: 'WEBHOOK_NOT_FOUND' }, { resource: 'TUNNEL' })

    expect(error.code).toBe('WEBHOOK_NOT_FOUND')
  })

  it('leaves other statuses alone', async () => {
    expect((await seenOf(410, {}, { resource: 'TUNNEL' })).error.code).toBe('NOT_FOUND')
    expect((await seenOf(500, {}, { resource: 'TUNNEL' })).error.code).toBe('INTERNAL_ERROR')
  })
})

describe('a 401 for a token that this gateway verified', () => {
  const verified = { tokenVerified: true }

  it.each([
    ['nothing said', undefined],
    ['a code of its own', { code: 'AUTH_TOKEN_INVALID', message: 'no such key' }],
    ['a code of the contract', { error: { code: 'INVALID_TOKEN', message: 'm', category: 'c' } }],
    ['AUTH_REQUIRED', { code: 'AUTH_REQUIRED' }],
  ])("is the upstream's fault: %s", async (_, body) => {
    const { status, error } = await seenOf(401, body, verified)

    expect(status).toBe(503)
    expect(error.code).toBe('SERVICE_UNAVAILABLE')
    expect(error.details).toMatchObject({ upstreamStatus: 401 })
    expect(error.details).not.toHaveProperty('reason')
  })

  it('is TOKEN_EXPIRED where the token has run out meanwhile', async () => {
    const { error } = await seenOf(401, {}, { ...verified, tokenExpired: () => true })

    expect(error.code).toBe('TOKEN_EXPIRED')
  })

  it('is believed where the session was revoked, with the reason', async () => {
    const told = await seenOf(401, { code: 'SESSION_REVOKED', message: 'Signed out' }, verified)
    const untold = await seenOf(401, { error: { code: 'SESSION_REVOKED' } }, verified)

    expect(told.error.code).toBe('AUTH_REQUIRED')
    expect(told.error.details).toMatchObject({ reason: 'Signed out' })
    const both = { error: { code: 'INVALID_TOKEN' }, code: 'SESSION_REVOKED' }
    expect((await seenOf(401, both, verified)).error.code).toBe('AUTH_REQUIRED')
    expect(untold.error.code).toBe('AUTH_REQUIRED')
    expect(untold.error.details).toMatchObject({ reason: 'Session revoked' })
  })

  it.each([
    'TOKEN_REFRESH_FAILED',
    'TOKEN_REFRESH_ERROR',
    'INVALID_REFRESH_TOKEN',
    'MISSING_REFRESH_TOKEN',
  ])('is believed where it is about another token: %s', async (code) => {
    expect((await seenOf(401, { code }, verified)).error.code).toBe(code)
  })

  it('yields to none of the codes that it is not about', async () => {
    const { error } = await seenOf(401, { code: 'INSUFFICIENT_SCOPES' }, verified)

    expect(error.code).toBe('SERVICE_UNAVAILABLE')
  })

  it('says nothing about a caller without a verified token', async () => {
    const { error } = await seenOf(401, {}, { tokenExpired: () => true })

    expect(error.code).toBe('AUTH_REQUIRED')
  })
})

describe('another status for a token that this gateway verified', () => {
  const verified = { tokenVerified: true, tokenExpired: () => true }

  it.each([
    [403, 'TOKEN_EXPIRED', '403 INSUFFICIENT_PERMISSIONS'],
    [403, 'AUTH_TOKEN_INVALID', '403 INSUFFICIENT_PERMISSIONS'],
    [403, 'HTTPS_REQUIRED', '403 INSUFFICIENT_PERMISSIONS'],
    [409, 'NO_TOKEN', '400 VALIDATION_ERROR'],
    [400, 'MISSING_TOKEN', '400 VALIDATION_ERROR'],
    [402, 'AUTH_REQUIRED', '403 TIER_FEATURE_UNAVAILABLE'],
    [404, 'INVALID_TOKEN', '404 NOT_FOUND'],
    [410, 'AUTHENTICATION_REQUIRED', '404 NOT_FOUND'],
  ])('does not become a 401: %i with %s is %s', async (status, code, answer) => {
    const { status: sent, error, headers } = await seenOf(status, { code }, verified)

    expect(`${sent} ${error.code}`).toBe(answer)
    expect(headers.has('WWW-Authenticate')).toBe(false)
  })

  it('does not become one by an envelope either', async () => {
    const envelope = { code: 'TOKEN_EXPIRED', message: 'm', category: 'authentication' }

    expect((await seenOf(403, { error: envelope }, verified)).error.code).toBe(
      'INSUFFICIENT_PERMISSIONS',
    )
  })

  it('is judged by the next code that the upstream can know', async () => {
    const { error } = await seenOf(
      403,
      { error: { code: 'NO_TOKEN' }, code: 'ADMIN_ACCESS_REQUIRED' },
      verified,
    )

    expect(error.code).toBe('ADMIN_REQUIRED')
  })

  it.each([
    [403, 'SESSION_REVOKED', 'AUTH_REQUIRED'],
    [400, 'INVALID_REFRESH_TOKEN', 'INVALID_REFRESH_TOKEN'],
    [400, 'MISSING_REFRESH_TOKEN', 'MISSING_REFRESH_TOKEN'],
    [403, 'TOKEN_REFRESH_FAILED', 'TOKEN_REFRESH_FAILED'],
  ])('is believed in what only the upstream knows: %i with %s', async (status, said, code) => {
    expect((await seenOf(status, { code: said }, verified)).error.code).toBe(code)
  })

  it('is believed whole where the caller has no verified token', async () => {
    expect((await seenOf(403, { code: 'TOKEN_EXPIRED' })).error.code).toBe('TOKEN_EXPIRED')
  })
})
