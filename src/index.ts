import type { Bindings } from './compose/bindings.ts'
import { type EveryMinute, everyMinute } from './compose/every-minute.ts'
import { framePorts } from './compose/isolate.ts'
import { portsFor } from './compose/ports.ts'
import { bareFrame, configFrom } from './config.ts'
import { createGateway, createMisconfiguredGateway } from './gateway.ts'

interface Composed {
  readonly gateway: ReturnType<typeof createGateway>
  readonly everyMinute: EveryMinute
}

/** Settings, what is outside, the gateway over it: in this order, once per isolate. */
function compose({ ASSETS, ANALYTICS, VERSION, ...env }: Bindings): Composed {
  const frame = { ...framePorts, ...(VERSION && { version: VERSION.id }) }
  const outcome = configFrom(env)
  if (!outcome.valid) {
    frame.log.write({ event: 'configuration.invalid', problems: outcome.problems })
    return {
      gateway: createMisconfiguredGateway(bareFrame(), frame),
      everyMinute: async () => undefined,
    }
  }
  const { config } = outcome
  const ports = portsFor(config, frame, { ASSETS, ANALYTICS })
  return { gateway: createGateway(config, ports), everyMinute: everyMinute(config) }
}

let composed: Composed | undefined

export default {
  fetch(request, env, context) {
    composed ??= compose(env)
    return composed.gateway.fetch(request, env, context)
  },
  async scheduled({ scheduledTime }, env) {
    composed ??= compose(env)
    await composed.everyMinute(scheduledTime)
  },
} satisfies ExportedHandler<Bindings>
