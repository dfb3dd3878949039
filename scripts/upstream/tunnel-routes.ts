import { randomUUID } from 'node:crypto'
import { type Exchange, fieldsOf, type Route, sendError, sendJson } from './exchange.ts'

interface Tunnel {
  readonly id: string
  readonly name: string
  readonly status: 'connected' | 'disconnected'
  readonly config: Readonly<Record<string, unknown>>
  readonly createdAt: string
  readonly updatedAt: string
}

const defaultConfig = { maxConnections: 100, timeout: 30_000, compression: true }

export function tunnelRoutes(): readonly Route[] {
  const tunnels = new Map<string, Tunnel>()
  for (const [id, name] of [
    ['tnl-home', 'Home workstation'],
    ['tnl-lab', 'Lab server'],
  ] as const) {
    const createdAt = '2026-10-01T08:00:00.000Z'
    const status = 'connected'
    tunnels.set(id, { id, name, status, config: defaultConfig, createdAt, updatedAt: createdAt })
  }

  /** Answers with the tunnel that the path names, or says that there is none. */
  function withTunnel(exchange: Exchange, answer: (tunnel: Tunnel) => void): void {
    const tunnel = tunnels.get(exchange.params.id ?? '')
    if (tunnel) answer(tunnel)
    else sendError(exchange, 404, 'TUNNEL_NOT_FOUND', 'Not found', 'Tunnel not found')
  }

  function create(exchange: Exchange): void {
    const { name, config } = fieldsOf(exchange.body)
    if (typeof name !== 'string' || name.trim() === '') {
      sendError(exchange, 400, 'INVALID_REQUEST', 'Bad request', 'Tunnel name is required')
      return
    }
    const createdAt = new Date().toISOString()
    const tunnel: Tunnel = {
      id: `tnl-${randomUUID()}`,
      name,
      status: 'disconnected',
      config: configFrom(defaultConfig, config),
      createdAt,
      updatedAt: createdAt,
    }
    tunnels.set(tunnel.id, tunnel)
    sendJson(exchange, 201, { success: true, data: tunnel })
  }

  function update(exchange: Exchange, tunnel: Tunnel): void {
    const { name, config } = fieldsOf(exchange.body)
    const changed: Tunnel = {
      ...tunnel,
      name: typeof name === 'string' ? name : tunnel.name,
      config: configFrom(tunnel.config, config),
      updatedAt: new Date().toISOString(),
    }
    tunnels.set(tunnel.id, changed)
    sendJson(exchange, 200, { success: true, data: changed })
  }

  function remove(exchange: Exchange, tunnel: Tunnel): void {
    tunnels.delete(tunnel.id)
    sendJson(exchange, 200, { success: true, message: 'Tunnel deleted' })
  }

  return [
    {
      methods: ['GET'],
      path: '/tunnels',
      answer: (exchange) => {
        const data = [...tunnels.values()]
        sendJson(exchange, 200, { success: true, data, total: data.length })
      },
    },
    { methods: ['POST'], path: '/tunnels', answer: create },
    {
      methods: ['GET'],
      path: '/tunnels/:id',
      answer: (exchange) =>
        withTunnel(exchange, (tunnel) => sendJson(exchange, 200, { success: true, data: tunnel })),
    },
    {
      methods: ['PUT'],
      path: '/tunnels/:id',
      answer: (exchange) => withTunnel(exchange, (tunnel) => update(exchange, tunnel)),
    },
    {
      methods: ['DELETE'],
      path: '/tunnels/:id',
      answer: (exchange) => withTunnel(exchange, (tunnel) => remove(exchange, tunnel)),
    },
  ]
}

function configFrom(before: Readonly<Record<string, unknown>>, wanted: unknown) {
  return typeof wanted === 'object' && wanted !== null ? { ...before, ...wanted } : before
}
