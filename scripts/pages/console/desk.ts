import type * as v from 'valibot'
import type { Dependencies, Events, Settings, Traffic } from './answers.ts'
import type { Outcome } from './asking.ts'
import type { Round } from './poll.ts'

/** What views share: how to ask, and whom to tell what they have heard. */
export interface Desk {
  readonly settings: Settings | undefined
  readonly dependencies: Dependencies | undefined
  read<Schema extends v.GenericSchema>(
    path: string,
    schema: Schema,
  ): Promise<Outcome<v.InferOutput<Schema>>>
  change<Schema extends v.GenericSchema>(
    path: string,
    change: unknown,
    schema: Schema,
  ): Promise<Outcome<v.InferOutput<Schema>>>
  round(outcome: Outcome<unknown>): Round
  /** Undefined: it could not be read. */
  noteTraffic(traffic: Traffic | undefined): void
  noteEvents(events: Events | undefined): void
  /** Said aloud to those who do not see the page. */
  announce(text: string): void
}
