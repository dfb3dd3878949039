import type { Sent } from '../planting-proxy.ts'
import type { Fault } from './fault.ts'
import { answering, as, insteadOf, tokenOf } from './planting.ts'

export const TOKEN_FAULTS: readonly Fault[] = [
  {
    title: 'a guarded path that is not guarded',
    clause: 'missing-token',
    plant: ({ token }) => ({
      request: (sent) => (sent.path === '/tunnels' && !tokenOf(sent) ? as(sent, token) : sent),
    }),
  },
  {
    title: 'one code for all bad tokens',
    clause: 'malformed-token',
    plant: insteadOf('INVALID_TOKEN_FORMAT', 'INVALID_TOKEN'),
  },
  {
    title: 'tokens that nobody signed let in',
    clause: 'forged-token',
    plant: ({ token }) => ({
      request: (sent) => (algorithmOf(sent) === 'none' ? as(sent, token) : sent),
    }),
  },
  {
    title: 'tokens for others let in',
    clause: 'foreign-token',
    plant: ({ token, foreignToken }) => ({
      request: (sent) => (tokenOf(sent) === foreignToken ? as(sent, token) : sent),
    }),
  },
  {
    title: 'an expired token called invalid',
    clause: 'expired-token',
    plant: insteadOf('TOKEN_EXPIRED', 'INVALID_TOKEN'),
  },
  {
    title: 'good tokens refused',
    clause: 'good-token',
    plant: ({ token }) => ({
      answer: (received, sent) =>
        tokenOf(sent) === token && sent.path === '/tunnels' && sent.method === 'GET'
          ? answering(received, 'AUTH_REQUIRED')
          : received,
    }),
  },
]

function algorithmOf(sent: Sent): unknown {
  const [head = ''] = tokenOf(sent).split('.')
  try {
    return JSON.parse(Buffer.from(head, 'base64url').toString()).alg
  } catch {
    return undefined
  }
}
