import type { Chapter } from './chapter.ts'

export const SERVER: Chapter<'server'> = {
  title: 'Server',
  text:
    'Something failed, and the request may have been executed. Repeat it only where executing it twice ' +
    'does no harm, or after looking whether it took effect; a few times at most, each time later and ' +
    'with some jitter. The answer tells nothing more about the failure; the log has it under the ' +
    'correlation id.',
  retry: 'with caution: it may have been executed',
  codes: {
    INTERNAL_ERROR: {
      here:
        'Something happened in the gateway that nobody foresaw: the log has a record `fault`. Also ' +
        'where the upstream answers 500 without a known code.',
    },
    DATABASE_ERROR: {
      upstream:
        'a 500, 502, 503 or 504 with this code, or, to a POST or PATCH, a 500, 502 or 504 that tells of a ' +
        'database out of reach.',
    },
    SERVICE_ERROR: {
      here:
        'A POST or PATCH was on its way to the upstream, and its answer was lost, cut, late or ' +
        'unreadable (408, 502, 504, 520, 522, 524 and 527 too). Also where the upstream answers 407, 421, 501 or a ' +
        'rarer 5xx, whatever its code, or to a POST or PATCH a 500, 502 or 504 with a code that would ' +
        'promise a safe repeat.',
    },
    CONFIGURATION_ERROR: {
      here:
        "The gateway's settings cannot be read; every path but `/_gateway/health` answers so until they " +
        "are corrected. The log's record `configuration.invalid` has the list of problems.",
      retry: 'no: nothing was executed, and only the operator can help',
    },
  },
}
