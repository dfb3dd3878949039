import type { Answer, Asked, Exchange, Silence } from '../exchange.ts'

const MOST_CHARACTERS = { asked: 200, answered: 1_500 } as const

/** An exchange as one would read it, without what opens doors. */
export interface Shown {
  readonly purpose: string
  readonly request: Readonly<{ line: string; headers: Headed; body?: string }>
  readonly answer?: Readonly<{ status: number; headers: Headed; body: string }> | undefined
}

type Headed = Readonly<Record<string, string>>

export function shownFrom(exchange: Exchange | Silence): Shown {
  const { purpose, asked } = exchange
  return {
    purpose,
    request: requestFrom(asked),
    ...('answer' in exchange && { answer: answerFrom(exchange.answer) }),
  }
}

function requestFrom({ method, path, headers, body }: Asked): Shown['request'] {
  const { Authorization: credentials, ...others } = headers
  return {
    line: `${method} ${path}`,
    headers: {
      ...(credentials !== undefined && { Authorization: hidden(credentials) }),
      ...others,
    },
    ...(body !== undefined && { body: bounded(body, MOST_CHARACTERS.asked) }),
  }
}

function answerFrom({ status, headers, body }: Answer) {
  return {
    status,
    headers: Object.fromEntries(headers),
    body: bounded(body, MOST_CHARACTERS.answered),
  }
}

/** As much of it as tells one try from another; a token's last third is its proof. */
function hidden(credentials: string): string {
  return credentials.length > 40 ? `${credentials.slice(0, 20)}… (hidden)` : credentials
}

function bounded(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text
}
