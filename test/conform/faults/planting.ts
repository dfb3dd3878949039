import rows from '../../contract/catalogue.json' with { type: 'json' }
import type { Plant, Received, Sent } from '../planting-proxy.ts'

interface Envelope {
  error: Record<string, unknown>
}

export const answers = (answer: NonNullable<Plant['answer']>) => () => ({ answer })

/** Changes the error of those answers whose code is `code`. */
export const spoils = (code: string, change: (error: Envelope['error']) => void) =>
  answers((received) => (codeOf(received) === code ? withError(received, change) : received))

export const without = (
  pick: (received: Received, sent: Sent) => boolean,
  ...names: readonly string[]
) =>
  answers((received, sent) => {
    if (!pick(received, sent)) return received
    const left = Object.entries(received.headers).filter(([name]) => !names.includes(name))
    return { ...received, headers: Object.fromEntries(left) }
  })

export const sets = (
  pick: (received: Received, sent: Sent) => boolean,
  headers: (received: Received, sent: Sent) => Readonly<Record<string, string>>,
) =>
  answers((received, sent) =>
    pick(received, sent)
      ? { ...received, headers: { ...received.headers, ...headers(received, sent) } }
      : received,
  )

/** Answers with another code, in every respect as the contract has it. */
export const insteadOf = (code: string, other: string, pick = (_: Sent) => true) =>
  answers((received, sent) =>
    codeOf(received) === code && pick(sent) ? answering(received, other) : received,
  )

export const always = () => true
export const tokenOf = ({ headers }: Sent) =>
  String(headers.authorization ?? '').replace('Bearer ', '')

function parsed(received: Received): Envelope | undefined {
  if (received.status < 400 || received.body === '') return undefined
  return JSON.parse(received.body)
}

export function codeOf(received: Received): unknown {
  return parsed(received)?.error.code
}

export function withError(
  received: Received,
  change: (error: Envelope['error']) => void,
): Received {
  const envelope = parsed(received)
  if (!envelope) return received
  change(envelope.error)
  return { ...received, body: JSON.stringify(envelope) }
}

export function withId(received: Received, id: string): Received {
  const named = withError(received, (error) => {
    error.correlationId = id
  })
  return { ...named, headers: { ...named.headers, 'x-correlation-id': id } }
}

export function answering(received: Received, code: string): Received {
  const row = rows.find((candidate) => candidate.code === code)
  if (!row) throw new Error(`the contract has no ${code}`)
  const { statusCode, category, message, suggestion } = row
  const correlationId = received.headers['x-correlation-id']
  return {
    status: statusCode,
    headers: {
      ...received.headers,
      'content-type': 'application/json',
      'www-authenticate': 'Bearer realm="planted"',
    },
    body: JSON.stringify({
      error: { code, message, category, statusCode, correlationId, suggestion },
    }),
  }
}

export function as(sent: Sent, token = ''): Sent {
  return { ...sent, headers: { ...sent.headers, authorization: `Bearer ${token}` } }
}
