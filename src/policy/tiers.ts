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

export function tierFrom(claim: unknown): Tier {
  return TIERS.find((tier) => tier === claim) ?? 'free'
}

export function tiersWith(feature: string): readonly Tier[] {
  return TIERS.filter((tier) => FEATURES[tier].includes(feature))
}
