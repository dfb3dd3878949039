// Written by hand from the contract: which statuses an upstream's status may come to, whatever its body says.

const isRepeatable = (method: string) =>
  ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'].includes(method)

const NEVER_REACHED = [521, 523, 525, 526, 530]
const LOST = [408, 520, 522, 524, 527]
const CLIENT = [400, 401, 403, 404, 429]

/** A lost answer: 503 promises that repeating is safe, and 500 warns that it may not be. */
export function statusOfLost(method: string): number {
  return isRepeatable(method) ? 503 : 500
}

export function statusesFor(status: number, method: string, tokenVerified: boolean): number[] {
  const lost = statusOfLost(method)
  const mayRepeat = isRepeatable(method) ? [500, 503] : [500]
  if (status < 200 || status > 599 || LOST.includes(status)) return [lost]
  if (NEVER_REACHED.includes(status) || status === 425) return [503]
  if (status === 401 && tokenVerified) return [401, 503]
  if (status === 407 || status === 421) return [500]
  if (status === 429) return [429]
  if (status < 500) return CLIENT
  if (status === 503) return [500, 503]
  return [500, 502, 504].includes(status) ? mayRepeat : [500]
}
