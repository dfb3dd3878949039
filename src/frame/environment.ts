import type { Exchange } from '../exchange.ts'

/** What Hono carries from the frame to the journey and back: one exchange, nothing else. */
export interface GatewayEnv {
  Variables: { exchange: Exchange }
}
