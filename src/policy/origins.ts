/** Whether an `Origin` may read our answers. */
export type OriginRule = (origin: string) => boolean

/** Origins by name; `https://*.example.com` stands for every subdomain, at any depth. */
export function originRuleFrom(origins: readonly string[]): OriginRule {
  const exact = new Set(origins.filter((origin) => !origin.includes('*')))
  const wild = origins
    .filter((origin) => origin.includes('*'))
    .map((origin) => {
      const [scheme = '', domain = ''] = origin.split('*')
      return { scheme, domain }
    })
  return (origin) =>
    exact.has(origin) ||
    wild.some(
      ({ scheme, domain }) =>
        origin.startsWith(scheme) &&
        origin.endsWith(domain) &&
        /^[a-z0-9.-]+$/.test(origin.slice(scheme.length, -domain.length)),
    )
}
