import { expressPage } from './error-pages.ts'
import { type Route, sendHtml, sendJson } from './exchange.ts'
import { sha256 } from './received.ts'

const version = JSON.stringify({ service: 'api-backend', version: '4.2.0', apiVersions: ['v1'] })
const versionTag = `W/"${sha256(Buffer.from(version)).slice(0, 27)}"`

export const serviceRoutes: readonly Route[] = [
  {
    path: '/health',
    answer: (exchange) =>
      sendJson(exchange, 200, {
        status: 'healthy',
        uptime: Math.round(process.uptime()),
        dependencies: { database: 'up', cache: 'up', authentication: 'up' },
      }),
  },
  {
    path: '/db/health',
    answer: (exchange) =>
      sendJson(exchange, 200, {
        status: 'degraded',
        database: { connected: false, error: 'pool is draining' },
      }),
  },
  {
    methods: ['GET'],
    path: '/service-version',
    answer: ({ request, response }) => {
      response.setHeader('ETag', versionTag)
      if (namesTag(request.headers['if-none-match'])) {
        response.writeHead(304).end()
        return
      }
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(version)
    },
  },
  {
    methods: ['GET'],
    path: '/conversations',
    answer: ({ response }) => {
      const location = './conversations/recent'
      const headers = { location, 'content-type': 'text/plain; charset=utf-8' }
      response.writeHead(307, headers).end(`Temporary Redirect. Redirecting to ${location}`)
    },
  },
  {
    methods: ['GET'],
    path: '/conversations/recent',
    answer: (exchange) =>
      sendJson(exchange, 200, {
        conversations: [{ id: 'conv-1', title: 'Tuning a tunnel', messages: 12 }],
      }),
  },
  {
    methods: ['GET'],
    path: '/docs',
    answer: (exchange) => {
      const location = `${exchange.mount}/docs/`
      exchange.response.setHeader('location', location)
      sendHtml(exchange, 301, expressPage(`Redirecting to ${location}`, 'Redirecting'))
    },
  },
  {
    methods: ['GET'],
    path: '/docs/',
    answer: (exchange) =>
      sendHtml(exchange, 200, '<!DOCTYPE html><title>API</title><h1>The API</h1>\n'),
  },
]

function namesTag(ifNoneMatch: string | undefined): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  return (
    ifNoneMatch === '*' || ifNoneMatch?.split(',').map(opaque).includes(opaque(versionTag)) === true
  )
}
