import type { Exchange } from '../exchange.ts'

/** Nothing while the upstream is well: of most requests there is nothing to tell. */
export function breakerSaid({
  outcome,
  substituted,
}: Exchange): 'open' | 'probe' | 'substitute' | undefined {
  if (outcome?.kind === 'open') return 'open'
  if (outcome?.probe) return 'probe'
  return substituted ? 'substitute' : undefined
}
