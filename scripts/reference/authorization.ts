import type { Chapter } from './chapter.ts'

export const AUTHORIZATION: Chapter<'authorization'> = {
  title: 'Authorization',
  text:
    'The caller is known and may not do this; asking again changes nothing. ' +
    'Roles, permissions and tier are read from the token: after they were changed, get a new one. ' +
    'What an API key may do is judged by the upstream alone.',
  retry: 'no',
  codes: {
    INSUFFICIENT_PERMISSIONS: {
      here:
        'The token lacks one of the permissions that the route demands; `details.required` has all of ' +
        'them. Also where the upstream answers 403 or 451 without a known code.',
    },
    ADMIN_REQUIRED: {
      here: "The route is for administrators, and the token has no administrator's role.",
    },
    TIER_FEATURE_UNAVAILABLE: {
      here:
        "The route belongs to a feature that the caller's tier does not include; `details` has the " +
        '`feature`, the `tier` and where it is `availableIn`. Also where the upstream answers 402 ' +
        'without a known code.',
    },
    RATE_LIMIT_EXEMPTION_DENIED: {
      upstream:
        'the gateway itself grants no exemptions and does not forward `X-RateLimit-Exempt`.',
    },
  },
}
