import type { RefreshOutcome, TokenProvider } from '../ports.ts'
import type { ProviderOutcome } from './provider-answer.ts'
import type { Seal } from './refresh-seal.ts'
import type { Refreshes } from './upstash-refreshes.ts'

/** Longer than the provider is waited for and its answer written down: no second call while the first is under way. */
const CLAIM_MS = 20_000
/** A claim that took longer to come through may end before the provider has answered. */
const LATEST_CLAIM_MS = 10_000
/** A client that asks once more, because the first answer was lost on its way, still hears it. */
const ANSWER_MS = 10_000
/** Enough for those who wait already: the next may ask anew, since the token was left alone. */
const UNTOUCHED_MS = 2_000
const PATIENCE_MS = 5_000
/** For an answer of the same isolate; then the store is listened to, because a shared promise may never settle. */
const JOIN_MS = 1_000
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 250

interface Outside {
  readonly sealOf: (refreshToken: string) => Promise<Seal>
  readonly refreshes: Refreshes
  /** Asks the provider itself. */
  readonly ask: (refreshToken: string) => Promise<ProviderOutcome>
  readonly now: () => number
  readonly pause: (milliseconds: number) => Promise<void>
  readonly random: (length: number) => Uint8Array
  readonly background: (work: Promise<unknown>) => void
}

interface Running {
  readonly outcome: Promise<RefreshOutcome>
  readonly since: number
}

/**
 * One call of the provider for all who present the same token at about the same time. Where refresh tokens rotate, a
 * second call looks like a stolen token and ends the whole session: so whoever finds the token claimed waits for that
 * answer, and gives up rather than ask again.
 */
export class SharedRefresh implements TokenProvider {
  readonly #outside: Outside
  readonly #running = new Map<string, Running>()

  constructor(outside: Outside) {
    this.#outside = outside
  }

  async refresh(refreshToken: string): Promise<RefreshOutcome> {
    const { sealOf, background, pause, now } = this.#outside
    const seal = await sealOf(refreshToken)
    const running = this.#running.get(seal.id)
    // The platform may have ended the request that began it, and with it the promise.
    if (running && now() - running.since < CLAIM_MS) {
      const joined = await Promise.race([running.outcome, pause(JOIN_MS)])
      return joined ?? this.#overhear(seal, PATIENCE_MS - JOIN_MS)
    }
    const outcome = this.#claimAndAsk(refreshToken, seal).finally(() => {
      if (this.#running.get(seal.id)?.outcome === outcome) this.#running.delete(seal.id)
    })
    this.#running.set(seal.id, { outcome, since: now() })
    // Others wait for it, so it goes on when its own client leaves.
    background(outcome)
    return outcome
  }

  async #claimAndAsk(refreshToken: string, seal: Seal): Promise<RefreshOutcome> {
    const { refreshes, random, ask, now } = this.#outside
    const startedAt = now()
    const claimant = `claim:${random(16).toHex()}`
    const claimed = await refreshes.claim(seal.id, claimant, CLAIM_MS).catch(() => undefined)
    if (claimed === false) return this.#overhear(seal, PATIENCE_MS)
    if (!claimed || now() - startedAt > LATEST_CLAIM_MS) return { kind: 'unshared' }
    const outcome = await ask(refreshToken)
    // A failure too. Whoever cannot be told gives up by itself.
    const keptMs = outcome.kind === 'failed' && outcome.untouched ? UNTOUCHED_MS : ANSWER_MS
    const sealed = await seal.close(outcome)
    await refreshes.publish(seal.id, sealed, keptMs).catch(() => undefined)
    return outcome
  }

  /** What another isolate hears from the provider. */
  #overhear(seal: Seal, patienceMs: number): Promise<RefreshOutcome> {
    const until = this.#outside.now() + patienceMs
    const givenUp = this.#outside.pause(patienceMs).then(() => alone('late'))
    return Promise.race([this.#listen(seal, until), givenUp])
  }

  async #listen({ id, open }: Seal, until: number): Promise<RefreshOutcome> {
    const { refreshes, now, pause } = this.#outside
    let pauseMs = FIRST_PAUSE_MS
    for (;;) {
      const standing = await refreshes.read(id).catch(() => 'claim:unknown')
      // Whoever claimed it is gone, and may have asked.
      if (standing === undefined) return alone('gone')
      if (!standing.startsWith('claim:'))
        return (await open(standing)) ?? alone('not to be understood')
      if (now() >= until) return alone('late')
      await pause(pauseMs)
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
    }
  }
}

function alone(reason: string): RefreshOutcome {
  return { kind: 'failed', cause: `another isolate is ${reason}` }
}
