import { groupsOf, isIpv4 } from './address.ts'

type Block = readonly [network: string, bits: number]

/** What is nobody's, one's own, or inside: IANA's special-purpose registries, less the networks for documentation. */
const PRIVATE_IPV4: readonly Block[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Where clouds answer with an instance's credentials.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  // Multicast, reserved and broadcast.
  ['224.0.0.0', 3],
]

const PRIVATE_NAME = /(?:^|\.)(?:localhost|localdomain|local|internal|home\.arpa)$/

/**
 * An http(s) URL that does not itself name a private place. What a public name resolves to is not asked: only
 * whoever connects can know, at that moment.
 */
export function isPublicUrl(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    isPublicHost(url.hostname)
  )
}

/** As a URL spells it: in lower case, an IPv4 address dotted whatever it was written as, an IPv6 one in brackets. */
function isPublicHost(hostname: string): boolean {
  if (hostname.startsWith('[')) return isPublicIpv6(hostname.slice(1, -1))
  if (isIpv4(hostname)) return isPublicIpv4(numberOf(hostname))
  // Two dots in a row name nothing, but some resolver may drop what is too many.
  if (hostname.includes('..')) return false
  const name = hostname.replace(/\.$/, '')
  // A name of one label is looked up in the search domain of whoever connects.
  return name.includes('.') && !PRIVATE_NAME.test(name)
}

function isPublicIpv4(address: number): boolean {
  return PRIVATE_IPV4.every(
    ([network, bits]) => address >>> (32 - bits) !== numberOf(network) >>> (32 - bits),
  )
}

function numberOf(dotted: string): number {
  return dotted.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
}

function isPublicIpv6(text: string): boolean {
  const groups = groupsOf(text) ?? []
  const embedded = embeddedIpv4(groups)
  if (embedded !== undefined) return isPublicIpv4(embedded)
  const [first = 0] = groups
  // Global unicast is 2000::/3 so far; unique local, link-local, multicast and the loopback lie outside it.
  return first >>> 13 === 1
}

/** The IPv4 address that a translator or a tunnel would reach: mapped, compatible, NAT64 (RFC 6052) and 6to4. */
function embeddedIpv4(groups: readonly number[]): number | undefined {
  const [a = 0, b = 0, c = 0, , , f = 0, g = 0, h = 0] = groups
  if (a === 0x2002) return b * 65_536 + c
  const zeros = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0)
  const mapped = zeros(0, 5) && (f === 0 || f === 0xffff)
  const nat64 = a === 0x64 && b === 0xff9b && zeros(2, 6)
  return mapped || nat64 ? g * 65_536 + h : undefined
}
