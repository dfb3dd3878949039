import { reference } from '../reference/reference.ts'
import { errorCodeHtml } from './error-code.ts'
import { errorListHtml } from './error-list.ts'
import type { Files } from './write.ts'

/** The reference of the codes: a page and its JSON for all of them, and for each. */
export async function errorPages(): Promise<Files> {
  const all = await reference()
  const { support, upstreamDetails } = all
  return new Map([
    ['errors.html', await errorListHtml(all)],
    ['errors.json', JSON.stringify(all)],
    ...all.codes.flatMap((each): [string, string][] => [
      [`errors/${each.code}.html`, errorCodeHtml(each, all)],
      [`errors/${each.code}.json`, JSON.stringify({ ...each, upstreamDetails, support })],
    ]),
  ])
}
