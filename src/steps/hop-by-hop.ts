// RFC 9110, section 7.6.1.
const ALWAYS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The names of the headers that concern one connection alone, in small letters: the known ones, and what `Connection` names. */
export function hopByHopIn(headers: Headers): ReadonlySet<string> {
  const connection = headers.get('Connection')
  return connection === null ? ALWAYS : ALWAYS.union(namesIn(connection))
}

function namesIn(connection: string): ReadonlySet<string> {
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()))
}
