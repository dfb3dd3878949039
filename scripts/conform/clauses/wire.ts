import { isBodiless, owesEnvelope } from '../exchange.ts'
import { internalsIn } from '../internals.ts'
import { type Clause, everyAnswer, held } from '../judgement.ts'

export const WIRE_CLAUSES: readonly Clause[] = [
  {
    id: 'answered',
    sentence: 'Every request gets an answer.',
    review: ({ exchanges, silences }) =>
      silences.length > 0
        ? {
            verdict: 'broken',
            findings: silences.map((shown) => ({ what: shown.reason, shown })),
          }
        : held(exchanges.length),
  },
  everyAnswer({
    id: 'challenge',
    sentence: '401 carries WWW-Authenticate.',
    of: ({ answer }) => answer.status === 401,
    // RFC 9110, section 11.6.1.
    fault({ answer }) {
      const challenge = answer.headers.get('WWW-Authenticate')
      if (challenge === null) return 'WWW-Authenticate is missing'
      return /^[\w-]+(?: .+)?$/.test(challenge) ? undefined : `it is ${JSON.stringify(challenge)}`
    },
  }),
  everyAnswer({
    id: 'bodiless',
    sentence: 'Answers to HEAD, 204 and 304 have no body.',
    of: isBodiless,
    fault: ({ answer }) =>
      answer.bytesAfterHead > 0 ? `${answer.bytesAfterHead} bytes behind the header` : undefined,
  }),
  everyAnswer({
    id: 'no-internals',
    sentence: 'An error shows nothing of the inside: no stack, no query, no address, no secret.',
    of: owesEnvelope,
    fault({ answer }, { options }) {
      const shown = internalsIn(answer.body, options.url.host)
      if (shown) return shown
      // The cause of a fault is for the log: a client hears what the code says.
      const words = answer.status >= 500 && textsIn(answer.error?.details).find(isProse)
      return words ? `words about a fault: ${words.slice(0, 80)}` : undefined
    },
  }),
]

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

function isProse(text: string): boolean {
  return /\s/.test(text)
}
