import type { Decision } from '../contract/decision.ts'
import type { Attempted, Dispatch } from '../ports.ts'
import type { Body } from './counted.ts'
import { type Destination, setDeadline } from './forward.ts'

/** How that request may be sent: where, for how long, what another try needs, and what is not to be blamed on whom. */
export function dispatchFor(
  forwarded: Request,
  body: Body,
  sign: () => Promise<Decision>,
  { base, timeoutMs }: Destination,
): Dispatch {
  return {
    base,
    timeoutMs,
    async renew(msLeft) {
      setDeadline(forwarded, msLeft)
      return (await sign()).allowed
    },
    excuses: (failure) => mayBeTheClients(failure, body),
  }
}

/**
 * Whether a failure may be the client's doing: its body was no good, or may have been late itself. An upstream that were
 * judged by it could be shut for everybody by whoever uploads slowly.
 */
function mayBeTheClients({ kind }: Attempted, body: Body): boolean {
  return kind === 'late' ? body.content instanceof ReadableStream : body.fault() !== undefined
}
