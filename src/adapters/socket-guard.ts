import { type Revocations, revokes } from '../policy/revocations.ts'
import type { EndingName } from '../policy/web-sockets.ts'
import type { SocketHolder } from '../ports.ts'
import type { RevocationWatch } from './revocation-watch.ts'

/** The longest that a timer can be set for. */
const LONGEST_MS = 2 ** 31 - 1

export interface Clock {
  readonly now: () => number
  /** Answers how to call it off. */
  readonly after: (milliseconds: number, happen: () => void) => () => void
}

/**
 * Ends a socket when its token does, and soon after a revocation or a block. The timers are of the request that opened
 * the socket: no other may touch it. Answers how to stop.
 */
export function guard(
  { address, caller, token }: SocketHolder,
  end: (why: EndingName) => void,
  watch: Pick<RevocationWatch, 'watch' | 'hear'>,
  { now, after }: Clock,
): () => void {
  const since = now()
  const subjects = caller === undefined ? [address] : [address, caller]
  let cancelExpiry = () => {}
  let cancelLook = () => {}
  let stopped = false

  function stop(): void {
    stopped = true
    cancelExpiry()
    cancelLook()
  }

  function awaitExpiry(expiresAtMs: number): void {
    const leftMs = expiresAtMs - now()
    if (leftMs <= 0) end('tokenExpired')
    else cancelExpiry = after(Math.min(leftMs, LONGEST_MS), () => awaitExpiry(expiresAtMs))
  }

  function awaitLook(): void {
    cancelLook = after(watch.watch(subjects), look)
  }

  async function look(): Promise<void> {
    const heard = await watch.hear(since)
    if (stopped) return
    const why = heard && reasonIn(heard)
    if (why) end(why)
    else awaitLook()
  }

  function reasonIn(heard: ReadonlyMap<string, Revocations>): EndingName | undefined {
    const ofCaller = caller === undefined ? undefined : heard.get(caller)
    if (ofCaller && token && revokes(ofCaller, token)) return 'tokenRevoked'
    const isBlocked = subjects.some((subject) => (heard.get(subject)?.blockedUntil ?? 0) > now())
    return isBlocked ? 'blocked' : undefined
  }

  if (token) awaitExpiry(token.expiresAt * 1000)
  awaitLook()
  return stop
}
