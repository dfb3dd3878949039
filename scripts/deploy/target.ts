import { experimental_readRawConfig } from 'wrangler'

/** What wrangler.toml says of one environment. */
export interface Target {
  /** The table in wrangler.toml. */
  readonly environment: string
  /** The worker's name at Cloudflare. */
  readonly worker: string
  readonly accountId?: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** Throws a sentence where there is no such environment. Variables of the top are not inherited: neither does wrangler. */
export function targetOf(environment: string): Target {
  const { rawConfig, configPath } = experimental_readRawConfig({})
  if (configPath === undefined) throw new Error('there is no wrangler.toml here')
  const table = rawConfig.env?.[environment]
  if (!table) {
    const names = Object.keys(rawConfig.env ?? {}).join(', ')
    throw new Error(`wrangler.toml has no [env.${environment}]; there are: ${names}`)
  }
  const accountId = table.account_id ?? rawConfig.account_id
  return {
    environment,
    worker: table.name ?? `${rawConfig.name}-${environment}`,
    ...(accountId && { accountId }),
    variables: table.vars ?? {},
  }
}
