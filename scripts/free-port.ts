import { once } from 'node:events'
import { createServer } from 'node:net'

/** For a program that cannot be told to take a free one itself. Somebody else may take it first. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
