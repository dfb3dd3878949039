import type { Decision } from '../contract/decision.ts'
import type { Exchange } from '../exchange.ts'
import type { OriginRule } from '../policy/origins.ts'
import type { Limits } from '../policy/windows.ts'
import type { Ports } from '../ports.ts'

/** What a page is asked with. Its caller has been identified, authorized and counted. */
export interface Visit {
  readonly request: Request
  readonly exchange: Exchange
  readonly environment: string
  readonly limits: Limits
  readonly allowsOrigin: OriginRule
}

export type Page = (visit: Visit, ports: Ports) => Promise<Decision<Response>>

/** Nothing that the gateway says about itself is worth keeping. */
export function answer(body: unknown): Response {
  return Response.json(body, { headers: { 'Cache-Control': 'no-store' } })
}
