import { isLoopback } from './loopback.ts'

/** Keys that travel in the clear could be anyone's; to one's own machine they do not travel. */
export function carriesKeysSafely(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}
