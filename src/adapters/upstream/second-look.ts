import { connect } from 'cloudflare:sockets'

/** The longest that it may take. */
const LOOK_MS = 500

/**
 * Whether somebody accepts connections there. `fetch` says "connection lost" of a refused connection as of a reset one,
 * and nothing that could be told apart of a failed look-up and a failed handshake.
 */
export async function isThere({ hostname, port, protocol }: URL): Promise<boolean> {
  const secure = protocol === 'https:'
  let timer: ReturnType<typeof setTimeout> | null = null
  const given = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, LOOK_MS, false)
  })
  try {
    const socket = connect(
      { hostname, port: Number(port) || (secure ? 443 : 80) },
      // With its handshake: one that fails has let nothing of the request through.
      { secureTransport: secure ? 'on' : 'off', allowHalfOpen: false },
    )
    // A socket that is reset settles this promise too, and nobody else is listening.
    socket.closed.catch(() => undefined)
    const opened = await Promise.race([socket.opened.then(() => true), given])
    // Not awaited: a socket that never opened closes no sooner than its connect gives up.
    socket.close().catch(() => undefined)
    return opened
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
