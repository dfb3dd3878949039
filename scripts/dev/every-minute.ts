import { setTimeout as wait } from 'node:timers/promises'

const MINUTE_MS = 60_000
/** Of one run; the next minute's makes up for it. */
const PATIENCE_MS = 30_000

/** Stands in for the platform's cron trigger, which wrangler dev does not have: it runs the handler when it is asked here. */
export async function triggerEveryMinute(gateway: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const untilNext = MINUTE_MS - (Date.now() % MINUTE_MS)
    await wait(untilNext, undefined, { signal, ref: false }).catch(() => undefined)
    if (!signal.aborted) await trigger(gateway)
  }
}

async function trigger(gateway: string): Promise<void> {
  const minute = Date.now() - (Date.now() % MINUTE_MS)
  const answer = await fetch(`${gateway}/cdn-cgi/local/scheduled?time=${minute}`, {
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(() => undefined)
  await answer?.body?.cancel()
}
