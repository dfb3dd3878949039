import type { Chapter } from './chapter.ts'

const CONTENT = 'it does not accept what the request contains and answers a 4xx with this code.'

export const VALIDATION: Chapter<'validation'> = {
  title: 'Validation',
  text:
    'The request itself is wrong: its path, its size, or its content. The same request fails again in ' +
    'the same way; change what `details` names. The gateway looks at paths and sizes, and at content only ' +
    "where it answers itself; all else that is said about content is the upstream's word.",
  retry: 'no, not before it is corrected',
  codes: {
    MISSING_PARAMETER: {
      upstream:
        'a 4xx with this code, or a 400, 404, 410 or 422 with another code that begins with ' +
        '`MISSING_` or ends in `_REQUIRED`.',
    },
    INVALID_PARAMETER: {
      upstream:
        'a 4xx with this code, or a 400, 404, 410 or 422 with another code that begins with `INVALID_`.',
    },
    INVALID_EMAIL: { upstream: CONTENT },
    INVALID_URL: { upstream: CONTENT },
    INVALID_JSON: {
      here: 'The body of a token refresh is no JSON; or the upstream answers a 4xx with this code.',
    },
    VALIDATION_ERROR: {
      here:
        'Two servers could read the path differently (dot segments, encoded slashes, empty segments, ' +
        'broken escapes: `details.reason` says which); or the body is larger than `details.maxBytes`; ' +
        'or that of a token refresh has another type than `application/json`; ' +
        'or the upstream answers 400, or a 4xx that no other line of this page mentions (405, 409, ' +
        '415 and the like), without a known code.',
    },
    MISSING_SESSION_ID: { upstream: CONTENT },
    INVALID_TUNNEL_CONFIG: { upstream: 'a 4xx with this code or with `INVALID_CONFIG`.' },
  },
}
