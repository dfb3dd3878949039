import type { ErrorCode } from '../../src/contract/catalogue.ts'
import { SHAPES, UPSTREAM_CODES } from '../../src/policy/upstream-codes.ts'
import { meaningOf } from '../../src/policy/upstream-statuses.ts'

/** Which answers of the upstream become a code, read from the tables that judge them. */
export interface UpstreamAnswers {
  /** Where no code in the body decides: single statuses and ranges. */
  readonly statuses: readonly string[]
  /** What it may call it. */
  readonly codes: readonly string[]
  /** What else its code may look like, and at which statuses. */
  readonly shapes: readonly string[]
}

const FIRST = 400
const LAST = 999
const LOST: readonly ErrorCode[] = ['EXTERNAL_SERVICE_UNAVAILABLE', 'SERVICE_ERROR']

export function upstreamAnswersFor(code: ErrorCode): UpstreamAnswers {
  return {
    statuses: rangesOf(statuses.filter((status) => answersWith(code, status))),
    codes: [...UPSTREAM_CODES].filter(([, meant]) => meant === code).map(([name]) => name),
    shapes: SHAPES.filter((shape) => shape.code === code).map(
      ({ pattern, at }) => `/${pattern.source}/${at ? ` (${at.join(', ')})` : ''}`,
    ),
  }
}

const statuses = Array.from({ length: LAST - FIRST + 1 }, (_, i) => FIRST + i)

function answersWith(code: ErrorCode, status: number): boolean {
  const { answer } = meaningOf(status)
  return answer === 'lost' ? LOST.includes(code) : answer === code
}

/** 405, 406, 407 as 405–407. */
function rangesOf(numbers: readonly number[]): string[] {
  const begins = numbers.filter((number) => !numbers.includes(number - 1))
  return begins.map((first) => {
    let last = first
    while (numbers.includes(last + 1)) last += 1
    return first === last ? `${first}` : `${first}–${last}`
  })
}
