import type { Issuer } from '../policy/issuer.ts'
import type { Log } from '../ports.ts'
import type { KeyCopies } from './key-copies.ts'
import { copyName, copyOf, setFromCopy } from './key-copy.ts'
import { KeySet } from './key-set.ts'
import { KeysFault } from './keys-fault.ts'
import { LogChanges } from './log-changes.ts'
import { publishedKeys } from './published-keys.ts'

export interface Sources {
  readonly fetch: typeof fetch
  readonly now: () => number
  readonly log: Log
  /** Around the isolate, the near ones first. */
  readonly copies: readonly KeyCopies[]
}

/** Where key sets come from: the issuer, and the copies that were made of its answers. */
export class KeySources {
  readonly #sources: Sources
  readonly #changes: LogChanges

  constructor(sources: Sources) {
    this.#sources = sources
    this.#changes = new LogChanges(sources.log)
  }

  get copies(): readonly KeyCopies[] {
    return this.#sources.copies
  }

  /** What the issuer publishes now, dated when it was asked. */
  async published(issuer: Issuer, before: KeySet | undefined): Promise<KeySet | undefined> {
    const { fetch, now } = this.#sources
    const about = { issuer: issuer.issuer }
    const askedAt = now()
    const outcome = await unlessFault(async () =>
      KeySet.from(await publishedKeys(issuer, fetch), askedAt, before),
    )
    if (outcome instanceof KeysFault) {
      const { message: reason } = outcome
      this.#changes.note(`issuer ${issuer.issuer}`, reason, {
        event: 'keys.unavailable',
        ...about,
        reason,
      })
      return undefined
    }
    const { flaws } = outcome
    this.#changes.note(`issuer ${issuer.issuer}`, '', { event: 'keys.back', ...about })
    this.#changes.note(`flaws ${issuer.issuer}`, flaws.join(), {
      event: 'keys.dropped',
      ...about,
      flaws,
    })
    return outcome
  }

  /** The copy that lies in a layer, dated as the set that it was made of. */
  async copied(
    issuer: Issuer,
    from: KeyCopies,
    before: KeySet | undefined,
  ): Promise<KeySet | undefined> {
    const { now } = this.#sources
    const { layer } = from
    const outcome = await unlessFault(async () => {
      const text = await from.read(copyName(issuer))
      return text === undefined ? undefined : setFromCopy(text, issuer, now(), before)
    })
    const reason = outcome instanceof KeysFault ? outcome.message : ''
    const record = { event: 'keys.copy.refused', issuer: issuer.issuer, layer, reason }
    this.#changes.note(`${layer} ${issuer.issuer}`, reason, reason === '' ? undefined : record)
    return outcome instanceof KeysFault ? undefined : outcome
  }

  /** Puts a copy into each layer. */
  keep(issuer: Issuer, set: KeySet): Promise<unknown> {
    const text = copyOf(issuer, set)
    return Promise.all(this.copies.map((copies) => copies.write(copyName(issuer), text)))
  }
}

async function unlessFault<T>(read: () => Promise<T>): Promise<T | KeysFault> {
  return read().catch((error: unknown) => {
    if (error instanceof KeysFault) return error
    throw error
  })
}
