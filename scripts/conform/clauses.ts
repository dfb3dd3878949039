import { BODY_CLAUSES } from './clauses/bodies.ts'
import { CORRELATION_CLAUSES } from './clauses/correlation.ts'
import { CORS_CLAUSES } from './clauses/cors.ts'
import { ENVELOPE_CLAUSES } from './clauses/envelope.ts'
import { FLOOD_CLAUSES } from './clauses/flood.ts'
import { HTTPS_CLAUSES } from './clauses/https.ts'
import { IN_TURN_CLAUSES } from './clauses/in-turn.ts'
import { PATH_CLAUSES } from './clauses/paths.ts'
import { RATE_LIMIT_CLAUSES } from './clauses/rate-limit-headers.ts'
import { RETRY_CLAUSES } from './clauses/retry.ts'
import { TOKEN_CLAUSES } from './clauses/tokens.ts'
import { WIRE_CLAUSES } from './clauses/wire.ts'
import type { Clause } from './judgement.ts'

/** In the order in which they are told. Those that send requests do it in this order: a flood last. */
export const CLAUSES: readonly Clause[] = [
  ...WIRE_CLAUSES,
  ...ENVELOPE_CLAUSES,
  ...CORRELATION_CLAUSES,
  ...TOKEN_CLAUSES,
  ...PATH_CLAUSES,
  ...BODY_CLAUSES,
  ...CORS_CLAUSES,
  ...HTTPS_CLAUSES,
  ...RATE_LIMIT_CLAUSES,
  ...IN_TURN_CLAUSES,
  ...RETRY_CLAUSES,
  ...FLOOD_CLAUSES,
]
