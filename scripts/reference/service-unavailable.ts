import type { Chapter } from './chapter.ts'

export const SERVICE_UNAVAILABLE: Chapter<'service_unavailable'> = {
  title: 'Service unavailable',
  text:
    'Something that the answer depends on is away. Repeating is safe: nothing was executed, or ' +
    'executing it again changes nothing. Wait the seconds of `Retry-After`, then repeat it, each time ' +
    "later and with some jitter. A 503 of the upstream's own is taken at its word.",
  retry: 'yes, after `Retry-After`',
  codes: {
    SERVICE_UNAVAILABLE: {
      here:
        'No connection to the upstream could be opened for a request other than a POST or PATCH; or it ' +
        'has failed so often that it is left alone for a second, and nothing was sent; or it ' +
        'answers 503 without a known code, 425, one of 521, 523, 525, 526 and 530 (in which the ' +
        'platform reports the same), or 401 to a token that the gateway has verified. Also ' +
        '`/_gateway/ready`, while the upstream or the signing keys are away: `details.dependencies` ' +
        'says which.',
    },
    DATABASE_UNAVAILABLE: {
      upstream:
        'a 503 that has this code or tells of a database out of reach, or such a 500, 502 or 504 to a ' +
        'request other than a POST or PATCH.',
    },
    CACHE_UNAVAILABLE: {
      here:
        'The store that counts requests is away, and the limit of this route is not to be guessed: ' +
        'those of token endpoints, of new and rotated API keys, and of administration. Or it did not ' +
        'confirm that a token is revoked, so that nobody is told to be signed out who may not be; or ' +
        'cannot say that nobody else exchanges the same refresh token. All other routes go on.',
    },
    EXTERNAL_SERVICE_UNAVAILABLE: {
      here:
        'The keys that would verify the token cannot be had from its issuer; or the upstream took a ' +
        'request other than a POST or PATCH, and its answer was lost, cut, late or unreadable (408, ' +
        '502, 504, 520, 522, 524 and 527 too).',
    },
  },
}
