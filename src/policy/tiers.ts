export const TIERS = ['free', 'premium', 'enterprise'] as const
export type Tier = (typeof TIERS)[number]

const PAID = [
  'containerOrchestration',
  'teamFeatures',
  'apiAccess',
  'prioritySupport',
  'advancedNetworking',
  'multipleInstances',
] as const

/** What each tier includes. The direct tunnel is what the free tier has instead of containers. */
export const FEATURES: Readonly<Record<Tier, readonly string[]>> = {
  free: ['directTunnelOnly'],
  premium: PAID,
  enterprise: PAID,
}

/** Where a user changes the tier. It stands here and is no setting, for neither are the tiers. */
export const UPGRADE_URL = 'https://app.cloudtolocalllm.online/upgrade'

export function tierFrom(claim: unknown): Tier {
  return TIERS.find((tier) => tier === claim) ?? 'free'
}

/** From the lowest to the highest. */
export function tiersWith(feature: string): readonly Tier[] {
  return TIERS.filter((tier) => FEATURES[tier].includes(feature))
}
