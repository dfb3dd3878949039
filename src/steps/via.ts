/** A name, because the host we were asked by is the client's to write and says nothing about who passed this on. */
const LINK = 'cloudtolocalllm-gateway'

/** Gateways like this one may stand in a row, but this many only where one of them asks itself. */
const MOST_LINKS = 4

/** RFC 9110, section 7.6.3: the chain as it came, and the next link, which tells the protocol we were asked in. */
export function viaOf({ headers, cf }: Request): string {
  const chain = headers.get('Via')
  const version = /^HTTP\/([\d.]+)$/.exec(String(cf?.httpProtocol))?.[1] ?? '1.1'
  return `${chain ? `${chain}, ` : ''}${version} ${LINK}`
}

/** On the way back the links behind us are one with ours: what stands there is nobody's business. */
export const VIA_BACK = `1.1 ${LINK}`

/** An upstream whose address leads back to the gateway would be asked until a limit ends it. */
export function goesRound(headers: Headers): boolean {
  return (headers.get('Via') ?? '').split(` ${LINK}`).length > MOST_LINKS
}
