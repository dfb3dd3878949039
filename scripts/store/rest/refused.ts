import type { Command } from '../engine.ts'

/**
 * All clients share one connection: a command that waits on it, or changes what it means for those that
 * follow, would break everyone else. Upstash refuses these over REST too.
 */
const REFUSED = new Set(
  (
    'AUTH HELLO QUIT RESET SELECT CLIENT MULTI EXEC DISCARD WATCH UNWATCH MONITOR ' +
    'SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE ' +
    'BLPOP BRPOP BLMOVE BLMPOP BRPOPLPUSH BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF ' +
    'SHUTDOWN DEBUG CONFIG MODULE REPLICAOF SLAVEOF FAILOVER SYNC PSYNC'
  ).split(' '),
)

export function refusal(command: Command): string | undefined {
  const name = command[0]?.toUpperCase() ?? ''
  return REFUSED.has(name) ? `ERR Command is not available: '${name}'` : undefined
}
