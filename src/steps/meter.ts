import type { Decision } from '../contract/decision.ts'
import { type Exchange, waitSince } from '../exchange.ts'
import type { Limits } from '../policy/windows.ts'
import type { Ports } from '../ports.ts'
import { type Admission, chargeFor, owedBy, paidBy } from './bill.ts'
import { enter } from './enter.ts'
import { holdFor } from './hold.ts'
import { judge, type MeterCode } from './judge.ts'

/** Counts this request. The verdict is kept for the answer's headers whatever the outcome. */
export async function meter(
  admission: Decision<Admission>,
  request: Request,
  exchange: Exchange,
  limits: Limits,
  ports: Pick<Ports, 'subjects' | 'places' | 'waitingRoom' | 'now'>,
): Promise<Decision<void, MeterCode>> {
  const { subjects, waitingRoom, now } = ports
  const admitted = admission.allowed ? admission.value : undefined
  const place = await enter(admitted, request, exchange, limits, ports)
  if (!place.allowed) return place

  // Made anew for each look: others in flight may have ended in between.
  const bill = () => chargeFor(exchange.address, admitted, limits, now(), place.value)
  const charge = bill()
  let verdict = await subjects.charge(charge)
  exchange.waited.store = waitSince(charge.now, ports)

  const hold = holdFor(admitted, charge, verdict, limits)
  if (hold && (await waitingRoom.hold(hold.subject, hold.waitMs, hold.most, request.signal))) {
    exchange.queuedMs = now() - charge.now
    verdict = await subjects.charge(bill())
  }
  if (admitted?.route.access === 'public' && verdict.outcome === 'revoked') {
    const nobody = withoutToken(admitted, exchange)
    const owed = owedBy(chargeFor(exchange.address, nobody, limits, now()), charge)
    verdict = owed ? await subjects.charge(owed) : paidBy(verdict)
  }
  exchange.verdict = verdict
  if (verdict.exempt) exchange.exemption ??= 'operator'
  return judge({ ...charge, now: now() }, verdict)
}

/** Where no token is asked for, a revoked one is none. */
function withoutToken(admitted: Admission, exchange: Exchange): Admission {
  exchange.place?.leave()
  delete exchange.place
  exchange.caller = { kind: 'anonymous', revoked: true }
  return { ...admitted, caller: exchange.caller }
}
