import {
  CATALOGUE,
  type Category,
  type ErrorCode,
  isErrorCode,
  STATUS_OF_CATEGORY,
  statusOf,
} from '../../src/contract/catalogue.ts'
import { challenge } from '../../src/contract/challenge.ts'
import { deny } from '../../src/contract/decision.ts'
import { answerTo, type Envelope } from '../../src/contract/envelope.ts'
import { CHAPTERS, OCCURRENCES } from './chapters.ts'
import { DETAILS, type Detail, UPSTREAM_DETAILS } from './details.ts'
import { type LimitBehind, limitsBehind } from './limits-behind.ts'
import { type RouteBehind, routesBehind } from './routes-behind.ts'
import { SUPPORT } from './support.ts'
import { type UpstreamAnswers, upstreamAnswersFor } from './upstream-answers.ts'

const EXAMPLE_ID = 'req-mws60hvs-73lhwt3b2cl2ws4t'

/** Everything there is to know of a code; pages, JSON and Markdown show this and nothing else. */
export interface CodeReference {
  readonly code: ErrorCode
  readonly status: number
  readonly category: Category
  readonly message: string
  readonly meaning: string
  readonly suggestion: string
  readonly repeat: Repeat
  /** A sentence or more, in the little of Markdown that these texts have. */
  readonly comesAbout: string
  readonly upstream: UpstreamAnswers
  readonly limits: readonly LimitBehind[]
  readonly routes: readonly RouteBehind[]
  readonly details: readonly Detail[]
  readonly example: Example
}

/** Whether a client sends the same request again, and when. */
export interface Repeat {
  readonly answer: 'yes' | 'caution' | 'no'
  readonly text: string
}

export interface Example {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Envelope
}

export interface CategoryReference {
  readonly category: Category
  readonly status: number
  readonly title: string
  readonly text: string
}

export interface Reference {
  readonly support: string
  readonly categories: readonly CategoryReference[]
  readonly codes: readonly CodeReference[]
  readonly upstreamDetails: readonly Detail[]
}

export async function reference(): Promise<Reference> {
  const codes = Object.keys(CATALOGUE).filter(isErrorCode)
  const categories = [...new Set(codes.map((code) => CATALOGUE[code].category))]
  return {
    support: SUPPORT,
    categories: categories.map((category) => {
      const { title, text } = CHAPTERS[category]
      return { category, status: STATUS_OF_CATEGORY[category], title, text }
    }),
    codes: await Promise.all(codes.map(referenceOf)),
    upstreamDetails: UPSTREAM_DETAILS,
  }
}

async function referenceOf(code: ErrorCode): Promise<CodeReference> {
  return {
    code,
    status: statusOf(code),
    ...CATALOGUE[code],
    repeat: repeatOf(code),
    comesAbout: comesAbout(code),
    upstream: upstreamAnswersFor(code),
    limits: limitsBehind(code),
    routes: routesBehind(code),
    details: DETAILS[code],
    example: await exampleOf(code),
  }
}

function repeatOf(code: ErrorCode): Repeat {
  const text = OCCURRENCES[code].retry ?? CHAPTERS[CATALOGUE[code].category].retry
  if (text.startsWith('yes')) return { answer: 'yes', text }
  return { answer: text.startsWith('with caution') ? 'caution' : 'no', text }
}

function comesAbout(code: ErrorCode): string {
  const occurrence = OCCURRENCES[code]
  return 'here' in occurrence
    ? occurrence.here
    : `Only an upstream's answer brings it today: ${occurrence.upstream}`
}

/** What the steps that deny with these codes send along. */
const EXAMPLE_HEADERS: Readonly<Partial<Record<ErrorCode, Readonly<Record<string, string>>>>> = {
  NOT_FOUND: { Allow: 'GET, HEAD' },
  INSUFFICIENT_PERMISSIONS: { 'WWW-Authenticate': challenge('insufficient_scope', ['view_users']) },
}

/** Built by the code that builds every error answer. */
async function exampleOf(code: ErrorCode): Promise<Example> {
  const shown = DETAILS[code].filter(({ example }) => example !== undefined)
  const details = Object.fromEntries(shown.map(({ name, example }) => [name, example]))
  const answer = answerTo(deny(code, details, EXAMPLE_HEADERS[code]), EXAMPLE_ID)
  const headers = Object.fromEntries(
    [...answer.headers].map(([name, value]) => [spelled(name), value]),
  )
  return { status: answer.status, headers, body: await answer.json() }
}

/** As it leaves: the runtime here writes names small. */
function spelled(name: string): string {
  return name === 'www-authenticate'
    ? 'WWW-Authenticate'
    : name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase())
}
