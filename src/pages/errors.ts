import { isErrorCode } from '../contract/catalogue.ts'
import { deny } from '../contract/decision.ts'
import { preferred } from '../contract/media-types.ts'
import type { Ports } from '../ports.ts'
import { file } from './asset.ts'
import type { Visit } from './page.ts'

type Files = Pick<Ports, 'assets'>

/** The reference of all codes: a page for people, the same as JSON for programs. */
export async function errorList({ request }: Visit, ports: Files) {
  return inTheFormAskedFor('errors', request, ports)
}

export async function errorCode({ request, exchange }: Visit, ports: Files) {
  const [, , , code] = exchange.url.pathname.split('/')
  return isErrorCode(code) ? inTheFormAskedFor(`errors/${code}`, request, ports) : deny('NOT_FOUND')
}

function inTheFormAskedFor(path: string, { headers }: Request, ports: Files) {
  const type = preferred(headers.get('Accept'), ['text/html', 'application/json'])
  const end = type === 'text/html' ? 'html' : 'json'
  return file(`${path}.${end}`, ports, { Vary: 'Accept' })
}
