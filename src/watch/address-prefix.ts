/** An IPv4 address loses its last number; an IPv6 one is a /64 already and loses its last group. */
export function prefixOf(address: string): string {
  return address.includes(':')
    ? address.replace(/:[0-9a-f]+::\/64$/, '::/48')
    : address.replace(/\.\d+$/, '.0/24')
}
