/** What a client says when it connects, and what the harness itself asks. */
const OWN = new Set(['client', 'command', 'config', 'hello', 'info', 'select'])

/**
 * How many commands Redis has run, as the vendor bills them: a script counts as itself and as every command inside it,
 * and one that fails counts too. Read from `INFO commandstats`.
 */
export function billedCommands(stats: string): number {
  return [...stats.matchAll(/^cmdstat_([^|:]+)[^:]*:calls=(\d+)/gm)]
    .filter(([, name = '']) => !OWN.has(name))
    .reduce((sum, [, , calls]) => sum + Number(calls), 0)
}
