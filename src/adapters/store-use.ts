import type { Redis } from '@upstash/redis/cloudflare'

/** What this isolate has asked of the store since it began, as the vendor bills it; made by whoever asks. */
export class StoreUse {
  roundTrips = 0
  commands = 0
}

type Middleware = Parameters<Redis['use']>[0]

/** Counts what a client sends. What a script does inside, only its caller knows: it adds that itself. */
export function countingInto(use: StoreUse): Middleware {
  return (request, next) => {
    use.roundTrips += 1
    use.commands += request.path && Array.isArray(request.body) ? request.body.length : 1
    return next(request)
  }
}
