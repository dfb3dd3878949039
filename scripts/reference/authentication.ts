import type { Chapter } from './chapter.ts'

const FORWARDED = 'Where a refresh is forwarded: '
const CODE_OF = "the upstream's 400, 401 or 403 with this code"

export const AUTHENTICATION: Chapter<'authentication'> = {
  title: 'Authentication',
  text:
    'It is not known who is asking, or not believed. Where the gateway says so, nothing was forwarded. ' +
    'The same credentials bring the same answer again, so get new ones first. On a route that is open ' +
    'to everybody the gateway ignores a bad token and refuses nobody for it.',
  retry: 'no, only with other credentials',
  codes: {
    MISSING_TOKEN: {
      here: 'The route is not open to everybody, and the request has neither an `Authorization` nor an `X-API-Key` header.',
    },
    INVALID_TOKEN: {
      here:
        'The token can be read but not believed: an issuer, algorithm or key that is not accepted, a ' +
        'signature that fails, another audience, an `nbf` or `iat` in the future, a `typ` that no ' +
        'access token has, or no `sub`, `iat` or `exp`. An expired token with such a fault is ' +
        'answered so too. Also where the upstream refuses an API key with `INVALID_API_KEY`.',
    },
    INVALID_TOKEN_FORMAT: {
      here:
        '`Authorization` is not `Bearer` and one token; or the token is overlong or not three ' +
        'base64url parts with a JSON header and payload; or an API key is malformed, sent to a ' +
        'route that takes none, or sent beside other credentials.',
    },
    TOKEN_EXPIRED: {
      here:
        'The second in the `exp` of a token has come, and all else about the token is good. Also when ' +
        'it came while the upstream was refusing the token.',
      retry: 'no, only with a new token',
    },
    TOKEN_REFRESH_FAILED: {
      here:
        'The provider refuses the refresh token: it has ended, was revoked or was used before. ' +
        `${FORWARDED}the upstream's 400, 401 or 403 without a better code.`,
      retry: 'no, the user has to sign in again',
    },
    TOKEN_REFRESH_ERROR: {
      here:
        'The provider fails, is late, answers nonsense or does not accept the gateway; or another isolate ' +
        'was asking it with the same token and was not heard from within 5 seconds. ' +
        `${FORWARDED}a 5xx, a lost or a late answer, or ${CODE_OF}.`,
      retry: 'no, or once, a few seconds later; then the user has to sign in again',
    },
    INVALID_REFRESH_TOKEN: {
      here:
        'The refresh token is not 8 to 4,096 printable ASCII characters without spaces, or two ' +
        `different cookies have one. ${FORWARDED}${CODE_OF} or with \`INVALID_TOKEN_FORMAT\`.`,
    },
    MISSING_REFRESH_TOKEN: {
      here:
        'Neither the JSON body nor the cookie `refreshToken` has one, or the cookie came from a page ' +
        `whose origin is neither the gateway's nor allowed. ${FORWARDED}${CODE_OF} or with one that ` +
        'tells of a missing token or parameter.',
    },
    AUTH_REQUIRED: {
      here:
        'This token has been revoked, or all that its user was issued before a certain moment: by ' +
        'signing out, or by an operator (`details.reason` is `revoked`); or the upstream names ' +
        '`SESSION_REVOKED`; or it answers 401 without a known code to a request whose token the ' +
        'gateway has not verified, such as one with an API key: whether a key is good, only the ' +
        'upstream knows.',
    },
    HTTPS_REQUIRED: {
      here:
        'The request came over plain HTTP, whatever its path. `REQUIRE_HTTPS` decides who is excused: ' +
        'loopback addresses (`auto`), nobody (`always`) or everybody (`never`).',
      retry: 'no, only over HTTPS',
    },
  },
}
