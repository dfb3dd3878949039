import { describe, expect, it } from 'vitest'
import { tokenIdFrom } from '../../src/policy/token-id.ts'

const iat = 1_790_000_000

describe('what a token is called', () => {
  it.each([
    ['its jti', { jti: 'a', sid: 'b', iat }, 'j:a'],
    ['else its session', { sid: 'b', iat }, 's:b'],
    ['else the second of its issue', { iat }, 'i:1790000000'],
    ['the exact instant where that is no whole second', { iat: iat + 0.25 }, 'i:1790000000.25'],
    ['its session where the jti is empty', { jti: '', sid: 'b', iat }, 's:b'],
    ['a name of 64 characters with its kind', { jti: 'x'.repeat(62), iat }, `j:${'x'.repeat(62)}`],
    // printf %s "j:xxx…" | openssl dgst -sha256 -binary | basenc --base64url
    [
      'the hash of a longer one',
      { jti: 'x'.repeat(63), iat },
      'h:VGulUHO3WxFohUAW0h-dcU_SpZufC0xjqtJqkbab62o',
    ],
  ])('is %s', async (_, claims, id) => {
    expect(await tokenIdFrom(claims)).toBe(id)
  })

  it.each([7, null, ['a'], { a: 1 }, true])('is no jti that is %j', async (jti) => {
    const claims: Record<string, unknown> = { jti, sid: jti, iat }

    expect(await tokenIdFrom(claims)).toBe('i:1790000000')
  })

  it.each([
    ['a session and a jti of the same text', { jti: 'x', iat }, { sid: 'x', iat }],
    ['a jti that looks like a session', { jti: 's:x', iat }, { sid: 'x', iat }],
    ['two long ones', { jti: `${'x'.repeat(99)}1`, iat }, { jti: `${'x'.repeat(99)}2`, iat }],
  ])('keeps apart %s', async (_, one, other) => {
    expect(await tokenIdFrom(one)).not.toBe(await tokenIdFrom(other))
  })

  it('is text that every store can keep, whatever the issuer wrote', async () => {
    expect(await tokenIdFrom({ jti: 'x\ud800', iat })).toMatch(/^h:[\w-]{43}$/)
  })
})
