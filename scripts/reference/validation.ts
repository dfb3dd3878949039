import type { Chapter } from './chapter.ts'

export const VALIDATION: Chapter<'validation'> = {
  title: 'Validation',
  text:
    'The request itself is wrong: its path, its size, or its content. The same request fails again in ' +
    'the same way; change what `details` names. On the routes that say so the gateway looks at ids, page ' +
    'numbers and bodies of up to 64 KiB ([which, and for what](bodies.md)), and what it refuses reaches no ' +
    'upstream; everything else is the upstream’s word, a 4xx with the code. Several faults at once are one ' +
    'VALIDATION_ERROR with a list. [The operators’ API](admin-api.md) refuses with INVALID_PARAMETER, ' +
    'INVALID_JSON and VALIDATION_ERROR too.',
  retry: 'no, not before it is corrected',
  codes: {
    MISSING_PARAMETER: {
      here:
        'The body lacks what `details.missingFields` lists: it is not there, null, or blank. Or the upstream ' +
        'answers a 400, 404, 410 or 422 with another code that begins with `MISSING_` or ends in `_REQUIRED`.',
    },
    INVALID_PARAMETER: {
      here:
        'What `details.parameter` names, in the path, the query or the body, is not what `details.reason` asks ' +
        'for (`path`: a segment of it; `subject`: whom a request to the operators’ API names). Or the upstream ' +
        'answers a 400, 404, 410 or 422 with another code that begins with `INVALID_`.',
    },
    INVALID_EMAIL: {
      here: '`details.field` of the body is no e-mail address, or longer than 255 characters.',
    },
    INVALID_URL: {
      here:
        '`details.field` of the body is no http(s) URL, or its host is loopback, private, link-local, a name ' +
        'without a dot, or one that ends in `.local`, `.internal` or the like, however it is spelled.',
    },
    INVALID_JSON: {
      here:
        'The body is not JSON, or not UTF-8. `details` tells the place: `position` (how many characters stand ' +
        'before it), `line` and `column` (from 1), and `reason`. The body is not quoted.',
    },
    VALIDATION_ERROR: {
      here:
        'Two servers could read the path differently (dot segments, encoded slashes, empty segments, ' +
        'broken escapes: `details.reason` says which); or the body is larger than `details.maxBytes`; ' +
        'or its type, charset or encoding is none of those that `details` lists; or it broke off, or was not ' +
        'there within `details.timeoutMs`; or several things are wrong at once, each of which is an entry of ' +
        '`details.errors` with `code`, `field` and `reason`; or that of a token refresh has another type ' +
        'than `application/json`; or an operator’s change has, or `details.problems` lists ' +
        'what is wrong with it, a sentence each; or the upstream answers 400, or a 4xx that no other line of this page ' +
        'mentions (405, 409, ' +
        '415 and the like), without a known code.',
    },
    MISSING_SESSION_ID: { here: 'A session is to be revoked, and the body has no `sessionId`.' },
    INVALID_TUNNEL_CONFIG: {
      here:
        '`details.field` of a tunnel’s configuration is of the wrong kind (`details.reason` says what it must ' +
        'be); or the upstream answers a 4xx with `INVALID_CONFIG`.',
    },
  },
}
