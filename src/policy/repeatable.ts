const REPEATABLE = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']

/** Whether executing it again changes nothing (RFC 9110, section 9.2.2). */
export function isRepeatable(method: string): boolean {
  return REPEATABLE.includes(method)
}
