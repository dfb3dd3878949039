import type { SubjectRecord } from './answers.ts'
import { number } from './numbers.ts'
import { moment } from './times.ts'
import { limitWords } from './words.ts'

type Held = Pick<
  SubjectRecord,
  'limits' | 'notBefore' | 'revokedTokens' | 'blockedUntil' | 'exemptUntil'
>

/** What operators have set, and still holds. */
export function statesOf(held: Held): string[] {
  const { limits, notBefore, revokedTokens, blockedUntil, exemptUntil } = held
  const tokens = revokedTokens.length
  return [
    ...(blockedUntil === null ? [] : [`blocked until ${moment(blockedUntil)}`]),
    ...(exemptUntil === null ? [] : [`exempt until ${moment(exemptUntil)}`]),
    ...Object.entries(limits).map(([id, limit]) => `limit ${number(limit)} ${limitWords(id)}`),
    ...(notBefore === null ? [] : [`tokens issued before ${moment(notBefore)} revoked`]),
    ...(tokens === 0 ? [] : [`${tokens} token${tokens === 1 ? '' : 's'} revoked`]),
  ]
}
