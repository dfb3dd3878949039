// RFC 9110, section 7.6.1.
const ALWAYS = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** The names of the headers that concern one connection alone, in small letters: the known ones, and what `Connection` names. */
export function hopByHopIn(headers: Headers): ReadonlySet<string> {
  const named = (headers.get('Connection') ?? '').split(',').map((name) => name.trim())
  return new Set([...ALWAYS, ...named.map((name) => name.toLowerCase())])
}
