import type { Chapter } from './chapter.ts'

export const RATE_LIMIT: Chapter<'rate_limit'> = {
  title: 'Rate limit',
  text:
    'A limit is used up, and the request went no further. Wait the seconds of `Retry-After`, then ' +
    "repeat it. A refusal costs nothing in any of the gateway's windows, yet asking before the time " +
    'only brings another one. Should the repeat be refused too, because others share the limit, wait ' +
    "again, each time longer and with some jitter. A 429 of the upstream's own is passed on with the " +
    'wait that it names.',
  retry: 'yes, after `Retry-After`',
  codes: {
    RATE_LIMIT_EXCEEDED: {
      here:
        'A narrower limit of this route, or the limit of an API key, is used up; or the store has a ' +
        'block for the key (`details.reason` is `blocked`). Also where the upstream answers 429 ' +
        'without naming another code of this category.',
    },
    RATE_LIMIT_EXCEEDED_USER: {
      here:
        'The user has used up a window of the tier that is shorter than 30 days; or as many requests ' +
        'as the tier may have in flight are being served (`details.reason` is `concurrency`); or the ' +
        'store has a block for the user (`blocked`).',
    },
    RATE_LIMIT_EXCEEDED_IP: {
      here:
        "The client's address (of an IPv6 address its /64) has used up a window, or the store has a " +
        'block for it (`details.reason` is `blocked`). This is said before anything is said about ' +
        'path or token.',
    },
    QUOTA_EXCEEDED: {
      here: "The user has used up the tier's allowance for 30 days or more.",
      retry: 'yes, after `Retry-After`, which may be weeks',
    },
  },
}
