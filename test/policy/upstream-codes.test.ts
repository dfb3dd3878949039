import { describe, expect, it } from 'vitest'
import { codeNamed, codeShapedLike } from '../../src/policy/upstream-codes.ts'

describe("the table of the backend's own codes", () => {
  it.each([
    ['NO_TOKEN', 'MISSING_TOKEN'],
    ['SESSION_REVOKED', 'AUTH_REQUIRED'],
    ['QUEUE_FULL', 'RATE_LIMIT_EXCEEDED'],
  ])('knows %s by name', (own, code) => {
    expect(codeNamed(own)).toBe(code)
  })

  it.each(['NO_TOKENS', 'toString', '__proto__', ''])('does not know %j', (own) => {
    expect(codeNamed(own)).toBeUndefined()
  })

  it.each([
    ['MISSING_X', 400, 'MISSING_PARAMETER'],
    ['X_REQUIRED', 422, 'MISSING_PARAMETER'],
    ['MISSING_INVALID_X', 400, 'MISSING_PARAMETER'],
    ['INVALID_X', 404, 'INVALID_PARAMETER'],
    ['INVALID_X_REQUIRED', 400, 'MISSING_PARAMETER'],
    ['X_NOT_FOUND', 410, 'NOT_FOUND'],
    ['ADMIN_CRITICAL_LIMIT_EXCEEDED', 403, 'RATE_LIMIT_EXCEEDED'],
    ['X_NOT_INITIALIZED', 500, 'SERVICE_UNAVAILABLE'],
  ])('reads the shape of %s on a %i', (own, status, code) => {
    expect(codeShapedLike(own, status)).toBe(code)
  })

  it.each([
    ['X_MISSING', 400],
    ['REQUIRED', 400],
    ['NOT_FOUND_X', 404],
    ['LIMIT_EXCEEDED', 429],
    ['MISSING_X', 403],
    ['LOGIN_REQUIRED', 401],
    ['UPGRADE_REQUIRED', 426],
  ])('reads nothing into %s on a %i', (own, status) => {
    expect(codeShapedLike(own, status)).toBeUndefined()
  })
})
