import { type ConfigOutcome, configFrom } from '../src/config.ts'
import { gatewayAnswers, othersAnswer, storeFails } from './dev/answering.ts'
import { demoRoutes, examples } from './dev/demo.ts'
import { aborted, askedToEnd } from './dev/ending.ts'
import { writeEnvFile } from './dev/env-file.ts'
import { triggerEveryMinute } from './dev/every-minute.ts'
import { givenSettings, type Settings } from './dev/given.ts'
import { greeting } from './dev/greeting.ts'
import { refreshSettingsOf, settingsOf, startParts } from './dev/parts.ts'
import { planFor } from './dev/plan.ts'
import { checkPorts, portFrom } from './dev/ports.ts'
import { mintTokens } from './dev/tokens.ts'
import { startWrangler } from './dev/wrangler.ts'
import { newSigningKey } from './signing-key.ts'

const help = `Usage: npm run dev [-- --port N]

Starts the gateway on 127.0.0.1 with all it needs: a demo of the API, a token issuer and a store on the three ports
after its own. What UPSTREAM_URL, JWT_ISSUER or UPSTASH_REDIS_REST_URL names, in the environment or in .dev.vars, is
used in the place of the embedded one; REDIS_URL names a Redis to count in. Other settings are passed on.

  --port N    the gateway's port (8787)
  --help`

const folder = new URL('../', import.meta.url)
const asked = askedToEnd()
const started = new AsyncDisposableStack()

const show = (line: string) => {
  process.stdout.write(`${line}\n`)
}

try {
  const port = portFrom(process.argv.slice(2))
  if (port === 'help') show(help)
  else await Promise.race([run(port), aborted(asked)])
} catch (error) {
  if (!asked.aborted) {
    process.stderr.write(`dev: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}
await started.disposeAsync()
process.exit()

/** Starts everything beside the worker, then the worker; returns never, or throws what went wrong. */
async function run(port: number): Promise<void> {
  const given = await givenSettings(folder)
  const plan = planFor(given, port)
  await checkPorts(plan)

  const parts = await startParts(plan, started)
  const isDemo = parts.upstream !== undefined && !given.ROUTES
  const settings: Settings = {
    GATEWAY_ENV: 'local',
    GATEWAY_SIGNING_KEY: newSigningKey(),
    // One process plays store, issuer and upstream here, and wrangler dev costs many times what the runtime does: in a
    // burst an answer takes longer than any real store's.
    ...(parts.store && { STORE_TIMEOUT_MS: '5000' }),
    ...(isDemo && { ROUTES: demoRoutes() }),
    ...(given.TOKEN_ENDPOINT ? {} : refreshSettingsOf(parts)),
    ...given,
    ...settingsOf(parts),
  }
  const { limits } = configOrThrow(configFrom(settings))

  const envFile = await writeEnvFile(settings)
  started.defer(envFile.remove)
  const wrangler = startWrangler({ folder, port, envFile: envFile.path, show })
  started.defer(wrangler.stop)
  const gateway = `http://127.0.0.1:${port}`
  const death = wrangler.ended.then((): never => {
    throw new Error("the gateway's own process, wrangler dev, has ended")
  })
  await Promise.race([gatewayAnswers(gateway, asked), death]).catch((error) => {
    wrangler.lastWords().forEach(show)
    throw error
  })
  await Promise.race([othersAnswer(gateway, asked), death])

  const tokens = parts.issuer && (await mintTokens(parts.issuer))
  const lines = isDemo ? examples(gateway, limits) : []
  show(greeting({ gateway, parts, settings, tokens, examples: lines }))
  wrangler.speak()
  const minutes = triggerEveryMinute(gateway, asked)

  const { store } = parts
  // A Redis that was named, and not started here, may come and go.
  const watched = store && !process.env.REDIS_URL ? storeFails(store, asked) : aborted(asked)
  await Promise.race([death, watched, minutes])
  if (!asked.aborted) throw new Error(`the store stopped working (${store?.kind})`)
}

function configOrThrow(outcome: ConfigOutcome) {
  if (outcome.valid) return outcome.config
  throw new Error(outcome.problems.join('; '))
}
