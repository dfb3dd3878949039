import { CATALOGUE, isErrorCode } from '../../src/contract/catalogue.ts'
import { deny } from '../../src/contract/decision.ts'
import { answerTo } from '../../src/contract/envelope.ts'
import type { Json } from './body-schema.ts'

/** Each code as a client gets it, less what `details` would add. */
export async function exampleComponents(): Promise<Json> {
  const codes = Object.keys(CATALOGUE).filter(isErrorCode)
  const examples = codes.map(async (code) => {
    const answer = answerTo(deny(code), 'req-mws60hvs-73lhwt3b2cl2ws4t')
    return [code, { summary: CATALOGUE[code].message, value: await answer.json() }] as const
  })
  return Object.fromEntries(await Promise.all(examples))
}
