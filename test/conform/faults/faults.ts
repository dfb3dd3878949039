import { CORRELATION_FAULTS } from './correlation-faults.ts'
import { CORS_FAULTS } from './cors-faults.ts'
import { ENVELOPE_FAULTS } from './envelope-faults.ts'
import type { Fault } from './fault.ts'
import { RATE_LIMIT_FAULTS } from './rate-limit-faults.ts'
import { REQUEST_FAULTS } from './request-faults.ts'
import { RETRY_FAULTS } from './retry-faults.ts'
import { TOKEN_FAULTS } from './token-faults.ts'
import { WIRE_FAULTS } from './wire-faults.ts'

export const FAULTS: readonly Fault[] = [
  ...WIRE_FAULTS,
  ...ENVELOPE_FAULTS,
  ...CORRELATION_FAULTS,
  ...TOKEN_FAULTS,
  ...REQUEST_FAULTS,
  ...CORS_FAULTS,
  ...RATE_LIMIT_FAULTS,
  ...RETRY_FAULTS,
]
