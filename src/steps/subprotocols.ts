const FIELD = 'Sec-WebSocket-Protocol'

interface Offers {
  readonly tokens: readonly string[]
  readonly others: readonly string[]
  /** As the client spells it. */
  readonly bearer: string | undefined
}

/** The subprotocols that a client offers: `bearer, <token>`, wherever it stands in the list, and what is beside it. */
export function offersIn(headers: Headers): Offers {
  const offered = (headers.get(FIELD) ?? '').split(',').map((name) => name.trim())
  const isBearer = (name: string | undefined) => name?.toLowerCase() === 'bearer'
  const isToken = (index: number) => isBearer(offered[index - 1])
  return {
    tokens: offered.filter((name, index) => name !== '' && isToken(index)),
    others: offered.filter((name, index) => name !== '' && !isToken(index) && !isBearer(name)),
    bearer: offered.find(isBearer),
  }
}

/** Leaves only what the upstream is to choose from. */
export function withholdBearer(headers: Headers): void {
  if (!headers.has(FIELD)) return
  const { others } = offersIn(headers)
  if (others.length > 0) headers.set(FIELD, others.join(', '))
  else headers.delete(FIELD)
}

/**
 * RFC 6455, section 4.2.2: the answer names one of the offered subprotocols or none. What the upstream chose among the
 * others goes first; `bearer` is ours to accept, and a browser ends a connection whose offers were all passed over.
 */
export function acceptSubprotocol(answer: Headers, asked: Headers): void {
  const { others, bearer } = offersIn(asked)
  const chosen = others.find((name) => name === answer.get(FIELD)) ?? bearer
  if (chosen === undefined) answer.delete(FIELD)
  else answer.set(FIELD, chosen)
}
