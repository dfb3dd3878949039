const REALM = 'Bearer realm="cloudtolocalllm"'

/** `WWW-Authenticate` as RFC 6750, section 3, has it: no `error` where no token was presented. */
export function challenge(error?: 'invalid_token'): string
/** A token with all of these would do. */
export function challenge(error: 'insufficient_scope', scope: readonly string[]): string
export function challenge(error?: string, scope: readonly string[] = []): string {
  const words = scope.length > 0 ? `, scope="${scope.join(' ')}"` : ''
  return error ? `${REALM}, error="${error}"${words}` : REALM
}
