import type { KeyCopies } from './key-copies.ts'
import { CachedCopies } from './key-copies-cache.ts'
import { SealedCopies } from './key-copies-sealed.ts'
import { StoredCopies } from './key-copies-store.ts'
import type { StoreSettings } from './upstash-subjects.ts'

/** The layers around an isolate, the near one first. Without a secret nothing is believed that the store says. */
export function copiesIn(store: StoreSettings, secret: string | undefined): readonly KeyCopies[] {
  const cached = new CachedCopies()
  if (secret === undefined) return [cached]
  // The cache's too: under a new secret every copy is void, wherever it lies.
  return [new SealedCopies(cached, secret), new SealedCopies(new StoredCopies(store), secret)]
}
