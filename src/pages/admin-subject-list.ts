import { allow, type Decision, deny } from '../contract/decision.ts'
import { SUBJECT_STATES, type SubjectState, statesOf } from '../policy/subject-record.ts'
import type { Ports } from '../ports.ts'
import { listLimit } from './list-limit.ts'
import { answer, type Visit } from './page.ts'
import { summaryOf } from './subject-document.ts'

/** Whom an operator has changed, as far as the change still holds; the last changed first. */
export async function listSubjects(
  { exchange }: Visit,
  ports: Pick<Ports, 'records' | 'now'>,
): Promise<Decision<Response, 'INVALID_PARAMETER' | 'CACHE_UNAVAILABLE'>> {
  const limit = listLimit(exchange.url)
  if (!limit.allowed) return limit
  const states = wantedStates(exchange.url)
  if (!states.allowed) return states

  const now = ports.now()
  const changed = await ports.records.changed(now)
  if (!changed) return deny('CACHE_UNAVAILABLE')
  const wanted = changed.filter((each) =>
    statesOf(each, now).some((state) => states.value.includes(state)),
  )
  const subjects = wanted.slice(0, limit.value).map((each) => summaryOf(each, now))
  return allow(answer({ subjects }))
}

function wantedStates({
  searchParams,
}: URL): Decision<readonly SubjectState[], 'INVALID_PARAMETER'> {
  const asked = searchParams.get('state')
  if (asked === null) return allow(SUBJECT_STATES)
  const state = SUBJECT_STATES.find((known) => known === asked)
  return state
    ? allow([state])
    : deny('INVALID_PARAMETER', {
        parameter: 'state',
        reason: `One of ${SUBJECT_STATES.join(', ')}`,
      })
}
