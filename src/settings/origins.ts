import * as v from 'valibot'
import { originRuleFrom } from '../policy/origins.ts'

const ORIGIN = /^https?:\/\/(?:\*\.)?[a-z0-9.-]+(?::\d{1,5})?$/

/** `CORS_ORIGINS`: origins with commas between them; `https://*.example.com` stands for every subdomain. */
export const originsSetting = v.pipe(
  v.string(),
  v.check(
    (text) => originsIn(text).every((origin) => ORIGIN.test(origin)),
    'must list origins such as https://app.example.com, with commas between them',
  ),
  v.transform((text) => originRuleFrom(originsIn(text))),
)

function originsIn(text: string): string[] {
  return text.split(',').map((origin) => origin.trim().toLowerCase())
}
