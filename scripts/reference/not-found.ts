import type { Chapter } from './chapter.ts'

function resource(name: string) {
  return {
    upstream: `a 4xx with this code, or a 404 without a known code on a route about ${name}.`,
  }
}

export const NOT_FOUND: Chapter<'not_found'> = {
  title: 'Not found',
  text:
    'There is no such path, or the upstream has no such thing. A path that no route lists is answered ' +
    "without asking the upstream, and counts against the client's address. Asking again finds nothing " +
    'either.',
  retry: 'no',
  codes: {
    NOT_FOUND: {
      here:
        'No route lists the path; or one does, but not for this method: `Allow` and ' +
        '`details.allowedMethods` have those it knows. Also where the upstream answers 404 or 410 and ' +
        'nothing more exact can be said.',
    },
    USER_NOT_FOUND: resource('users'),
    TUNNEL_NOT_FOUND: resource('tunnels'),
    SESSION_NOT_FOUND: resource('sessions'),
    WEBHOOK_NOT_FOUND: resource('webhooks'),
  },
}
