const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** One's own machine, as a URL's `hostname` spells it: nothing sent there travels. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname)
}
