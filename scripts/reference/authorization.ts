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
        'The token lacks a permission that the route demands: `details.required` names those of which ' +
        'all, `details.requiredAny` those of which one is needed. `WWW-Authenticate` then says ' +
        '`insufficient_scope`. Also where the upstream answers 403 or 451 without a known code.',
    },
    ADMIN_REQUIRED: {
      here:
        "The route is for administrators, and the token has no administrator's role; " +
        '`details.requiredRole` is `admin`, which stands for every such role.',
    },
    TIER_FEATURE_UNAVAILABLE: {
      here:
        "The route belongs to a feature that the caller's tier does not include; `details` has the " +
        '`feature`, the `userTier`, the lowest `requiredTier` that includes it, and with `upgradeUrl` ' +
        'the page where a tier is changed. Also where the upstream answers 402 without a known code.',
    },
    RATE_LIMIT_EXEMPTION_DENIED: {
      here: 'The request claims with `X-RateLimit-Exempt` a rule that its route does not have, or `operator` where no operator has exempted it.',
    },
  },
}
