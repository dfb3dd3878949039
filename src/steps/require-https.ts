import { allow, type Decision, deny } from '../contract/decision.ts'

export type HttpsRule = 'auto' | 'always' | 'never'

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Tokens do not travel in the clear, except to one's own machine. */
export function requireHttps(
  { protocol, hostname }: URL,
  rule: HttpsRule,
): Decision<void, 'HTTPS_REQUIRED'> {
  const excused = rule === 'never' || (rule === 'auto' && LOOPBACK.test(hostname))
  return protocol === 'https:' || excused ? allow() : deny('HTTPS_REQUIRED')
}
