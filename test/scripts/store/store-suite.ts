import { afterAll, beforeAll, describe } from 'vitest'
import { type LocalStore, type StoreOptions, startStore } from '../../../scripts/store/bridge.ts'
import { describeCommands } from './suite/commands.ts'
import { describeRatelimit } from './suite/ratelimit.ts'
import { describeRest } from './suite/rest.ts'
import { describeScripts } from './suite/scripts.ts'

export type Start = (options?: Partial<StoreOptions>) => Promise<LocalStore>

/** The store under test; only there while a test runs. */
export type StoreInTest = () => LocalStore

export const TOKEN = 'a-token-for-tests'

export function starting(defaults: Partial<StoreOptions>): Start {
  return (options = {}) => startStore({ token: TOKEN, ...defaults, ...options })
}

/** What every store must do, whatever stands behind the bridge. */
export function describeStore(name: string, start: Start): void {
  describe(name, () => {
    let store: LocalStore | undefined
    beforeAll(async () => {
      store = await start()
    })
    afterAll(() => store?.stop())

    const inTest = () => {
      if (!store) throw new Error('the store did not start')
      return store
    }
    describeRest(inTest)
    describeCommands(inTest)
    describeScripts(inTest)
    describeRatelimit(inTest)
  })
}
