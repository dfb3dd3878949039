import { connect } from 'node:net'

interface RawAnswer {
  readonly bytes: string
  readonly end: 'closed' | 'reset' | 'silent'
}

/** Sends one GET and keeps what comes back byte by byte, where an HTTP client would only fail. */
export function rawGet(url: string, path: string, patienceMs = 1000): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    let bytes = ''
    const finish = (end: RawAnswer['end']) => {
      clearTimeout(patience)
      socket.destroy()
      resolve({ bytes, end })
    }
    const patience = setTimeout(finish, patienceMs, 'silent')
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      bytes += chunk
    })
    socket.on('end', () => finish('closed'))
    socket.on('error', () => finish('reset'))
    socket.write(`GET ${path} HTTP/1.1\r\nHost: upstream\r\nConnection: close\r\n\r\n`)
  })
}
