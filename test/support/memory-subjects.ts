import { IsolateSubjects } from '../../src/adapters/isolate-subjects.ts'
import type { Charge, Verdict } from '../../src/policy/charge.ts'
import type { Subjects } from '../../src/ports.ts'

/** The store's stand-in: whole limits, counted in memory. It passes the suite that the store's adapter passes. */
export class MemorySubjects implements Subjects {
  readonly #counts = new IsolateSubjects(1)

  recall(): undefined {
    return undefined
  }

  isRevoked(): boolean {
    return false
  }

  async charge(charge: Charge): Promise<Verdict> {
    return { ...(await this.#counts.charge(charge)), source: 'store' }
  }
}
