/** The address of a client whose address nobody told us: one subject, limited and visible in the log. */
export const UNKNOWN_ADDRESS = 'unknown'

const LOOPBACK = '127.0.0.1'

/**
 * The client's address as its subject: IPv4 as it is, IPv6 cut to its /64. Only the platform's header counts; a
 * forwarded one is the client's own to write. `local`: `wrangler dev` may leave it out.
 */
export function addressFrom(headers: Headers, local: boolean): string {
  const text = headers.get('CF-Connecting-IP')?.trim()
  if (!text) return local ? LOOPBACK : UNKNOWN_ADDRESS
  if (text.includes(':')) return prefixOf(text)
  return isIpv4(text) ? text : UNKNOWN_ADDRESS
}

// A /64 is one household; keying on the full address would hand out 2^64 fresh counters.
function prefixOf(text: string): string {
  const groups = groupsOf(text)
  if (!groups) return UNKNOWN_ADDRESS
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (mapped) {
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join('.')
  }
  const prefix = groups.slice(0, 4).map((group) => group.toString(16))
  return `${prefix.join(':')}::/64`
}

/** The eight 16-bit groups of an IPv6 address (RFC 4291, section 2.2). */
export function groupsOf(text: string): number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':').flatMap(hexGroups)))
  if (!head || [...head, ...(tail ?? [])].some(Number.isNaN)) return undefined
  if (!tail) return head.length === 8 ? head : undefined
  const zeros = 8 - head.length - tail.length
  return zeros > 0 ? [...head, ...Array<number>(zeros).fill(0), ...tail] : undefined
}

function hexGroups(group: string): number[] {
  if (isIpv4(group)) {
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [(a << 8) | b, (c << 8) | d]
  }
  return [/^[0-9a-f]{1,4}$/i.test(group) ? Number.parseInt(group, 16) : Number.NaN]
}

export function isIpv4(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text)
}
