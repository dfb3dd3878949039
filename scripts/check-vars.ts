import { experimental_readRawConfig, type Unstable_RawConfig } from 'wrangler'
import { SECRETS } from './deploy/secret-names.ts'

const { rawConfig, configPath } = experimental_readRawConfig({})
const exposed = exposedIn(rawConfig)
for (const sentence of exposed) process.stderr.write(`${configPath}: ${sentence}\n`)
if (exposed.length > 0) process.exitCode = 1

/** A sentence for each secret among the variables, without the secret. */
function exposedIn({ vars, env = {} }: Unstable_RawConfig): string[] {
  const places = [
    { place: '[vars]', worker: '', variables: vars },
    ...Object.entries(env).map(([name, { vars: variables }]) => ({
      place: `[env.${name}.vars]`,
      worker: ` --env ${name}`,
      variables,
    })),
  ]
  return places.flatMap(({ place, worker, variables = {} }) => {
    const instead = (name: string) =>
      `and must not stand in ${place}: npx wrangler secret put ${name}${worker}`
    return [
      ...SECRETS.filter((name) => variables[name]).map(
        (name) => `${name} is a secret ${instead(name)}`,
      ),
      ...(hasSecret(variables.JWT_ISSUERS)
        ? [`JWT_ISSUERS holds an issuer's secret ${instead('JWT_ISSUERS')}`]
        : []),
    ]
  })
}

/** The setting may be JSON or a table; what is neither is refused by the worker. */
function hasSecret(issuers: unknown): boolean {
  const text = typeof issuers === 'string' ? issuers : (JSON.stringify(issuers) ?? '')
  return /"secret"\s*:/.test(text)
}
