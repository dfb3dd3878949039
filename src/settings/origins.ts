import * as v from 'valibot'
import type { OriginRule } from '../frame/cors.ts'

const ORIGIN = /^https?:\/\/(?:\*\.)?[a-z0-9.-]+(?::\d{1,5})?$/

/** `CORS_ORIGINS`: origins with commas between them; `https://*.example.com` stands for every subdomain. */
export const originsSetting = v.pipe(
  v.string(),
  v.check(
    (text) => originsIn(text).every((origin) => ORIGIN.test(origin)),
    'must list origins such as https://app.example.com, with commas between them',
  ),
  v.transform((text) => ruleFrom(originsIn(text))),
)

function originsIn(text: string): string[] {
  return text.split(',').map((origin) => origin.trim().toLowerCase())
}

function ruleFrom(origins: readonly string[]): OriginRule {
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
