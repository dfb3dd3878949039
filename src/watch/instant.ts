/** The furthest that a date reaches, either way (ECMA-262). */
const MOST_MS = 8.64e15

/** Milliseconds as ISO 8601 in UTC. What came out of a store may be no instant at all. */
export function instantOf(milliseconds: number): string | undefined {
  return Math.abs(milliseconds) <= MOST_MS ? new Date(milliseconds).toISOString() : undefined
}
