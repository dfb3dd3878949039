import { type Callers, get } from './callers.ts'
import { checkStatuses, send } from './client.ts'
import type { Outside } from './outside.ts'
import type { Scenario } from './scenario.ts'
import type { Target } from './targets.ts'

const PATIENCE_SECONDS = 10

/** Has user 0 spend what the scenario says it has spent, by one dear request to an isolate that ends with it. */
export async function useUp(
  target: Target,
  { name, limits = {}, used }: Scenario,
  outside: Outside,
  callers: Callers,
): Promise<void> {
  const countsAhead = target.name === 'gateway' || target.name === 'previous'
  if (used === undefined || !countsAhead) return
  const { port, stop } = await target.serve({ limits, cost: used }, outside)
  try {
    const request = get('/tunnels', 0, await callers.authorization(0))
    const answers = await send([request], { port, connections: 1, seconds: PATIENCE_SECONDS })
    checkStatuses(`${name}, ${target.name} beforehand`, answers, 200)
    if (answers.length === 0) throw new Error(`${name}: nothing was used up`)
  } finally {
    await stop()
  }
}
