import { allow, type Decision, deny } from '../contract/decision.ts'
import { isLoopback } from '../policy/loopback.ts'

export type HttpsRule = 'auto' | 'always' | 'never'

/** Tokens do not travel in the clear, except to one's own machine. */
export function requireHttps(
  { protocol, hostname }: URL,
  rule: HttpsRule,
): Decision<void, 'HTTPS_REQUIRED'> {
  const excused = rule === 'never' || (rule === 'auto' && isLoopback(hostname))
  return protocol === 'https:' || excused ? allow() : deny('HTTPS_REQUIRED')
}
