import { describe, expect, it } from 'vitest'
import { deny } from '../../src/contract/decision.ts'
import { answerTo } from '../../src/contract/envelope.ts'

const realm = 'Bearer realm="cloudtolocalllm"'

/** RFC 6750, section 3: every refusal for want of a good token carries it, an `error` only where a token came. */
describe('WWW-Authenticate', () => {
  it.each([
    ['MISSING_TOKEN', realm],
    ['HTTPS_REQUIRED', realm],
    ['MISSING_REFRESH_TOKEN', realm],
    ['INVALID_REFRESH_TOKEN', realm],
    ['TOKEN_REFRESH_FAILED', realm],
    ['TOKEN_REFRESH_ERROR', realm],
    ['INVALID_TOKEN', `${realm}, error="invalid_token"`],
    ['INVALID_TOKEN_FORMAT', `${realm}, error="invalid_token"`],
    ['TOKEN_EXPIRED', `${realm}, error="invalid_token"`],
    ['AUTH_REQUIRED', `${realm}, error="invalid_token"`],
    ['ADMIN_REQUIRED', null],
    ['TIER_FEATURE_UNAVAILABLE', null],
    ['RATE_LIMIT_EXEMPTION_DENIED', null],
    ['NOT_FOUND', null],
    ['SERVICE_UNAVAILABLE', null],
  ] as const)('of %s is %j', (code, challenge) => {
    expect(answerTo(deny(code), 'req-1234567').headers.get('WWW-Authenticate')).toBe(challenge)
  })
})
