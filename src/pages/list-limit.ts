import { allow, type Decision, deny } from '../contract/decision.ts'

const MOST = 1_000
const USUAL = '100'

/** How much of a list was asked for. */
export function listLimit({ searchParams }: URL): Decision<number, 'INVALID_PARAMETER'> {
  const limit = searchParams.get('limit') ?? USUAL
  return /^[1-9]\d{0,3}$/.test(limit) && Number(limit) <= MOST
    ? allow(Number(limit))
    : deny('INVALID_PARAMETER', {
        parameter: 'limit',
        reason: `A whole number from 1 to ${MOST}`,
      })
}
