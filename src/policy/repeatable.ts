const REPEATABLE = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']

/** Whether executing it again changes nothing (RFC 9110, section 9.2.2). */
export function isRepeatable(method: string): boolean {
  return REPEATABLE.includes(method)
}

const SAFE = ['GET', 'HEAD', 'OPTIONS']

/** Whether it only asks (RFC 9110, section 9.2.1): a second server, with data that is a little older, may answer it. */
export function isSafe(method: string): boolean {
  return SAFE.includes(method)
}
