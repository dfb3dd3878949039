/**
 * Aborted when somebody wants us to stop: by Ctrl-C, by a signal, or by closing the terminal we write to.
 * The handlers stay, because npm passes on a Ctrl-C that has reached us already.
 */
export function askedToEnd(): AbortSignal {
  const asked = new AbortController()
  const end = () => asked.abort()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', end)
  return asked.signal
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
