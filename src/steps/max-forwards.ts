/**
 * RFC 9110, section 7.6.2: how many times an OPTIONS may still be sent on. Undefined: as often as it takes. For other
 * methods the field means nothing; TRACE goes nowhere anyway.
 */
export function forwardsLeft({ method, headers }: Request): number | undefined {
  const told = method === 'OPTIONS' ? headers.get('Max-Forwards') : null
  return told !== null && /^\d{1,9}$/.test(told) ? Number(told) : undefined
}

/** What an OPTIONS hears that may be sent on no more. */
export function optionsOf(methods: readonly string[]): Response {
  return new Response(null, { status: 204, headers: { Allow: methods.join(', ') } })
}
