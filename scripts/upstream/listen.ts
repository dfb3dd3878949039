import { once } from 'node:events'
import type { Server } from 'node:http'

/** Listens on this machine only; 0 takes a free port. Resolves to the port in use. */
export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new Error(refusal(error, port), { cause: error })
  }
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP')
  return address.port
}

/** Ends everything at once: streams and long polls would otherwise keep the process for minutes. */
export async function close(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

function refusal(error: unknown, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return `port ${port} on 127.0.0.1 is taken`
  return `cannot listen on 127.0.0.1:${port}: ${error instanceof Error ? error.message : error}`
}
