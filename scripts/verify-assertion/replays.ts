/** Remembers ids until they expire on their own. Only what was verified comes here, so nobody else can fill it. */
export function createReplays(now = () => Date.now() / 1000) {
  const expiries = new Map<string, number>()
  return {
    /** `expiresAt` in Unix seconds. */
    isNew(id: string, expiresAt: number): boolean {
      // In the order of their arrival, which is nearly that of their end.
      for (const [old, end] of expiries) {
        if (end > now()) break
        expiries.delete(old)
      }
      if (expiries.has(id)) return false
      expiries.set(id, expiresAt)
      return true
    },
  }
}
