/** Time and chance, for tests. */
export interface Outside {
  readonly now: () => number
  readonly random: () => number
  /** Ends after so many milliseconds, or early when the signal does. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

export const PLATFORM: Outside = {
  now: Date.now,
  random: Math.random,
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(end, milliseconds)
      signal.addEventListener('abort', end)
      if (signal.aborted) end()
      function end() {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        resolve()
      }
    }),
}
