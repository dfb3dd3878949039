import { startUpstream } from './server.ts'
import { runServerCommand } from './server-command.ts'

await runServerCommand({
  name: 'upstream',
  help: `Usage: npx node scripts/upstream/main.ts [--port N]

A demo of the API behind the gateway, on 127.0.0.1. Every path answers under /api too.
  GET /tunnels, /users/tier, /ollama/events, /admin/users …    good answers and streams
  GET /demo/errors            the ways to fail that /demo/errors/<number> shows
  GET /demo/status/<code>     any status
  GET /demo/slow?ms=N         an answer after N milliseconds
  ANY /demo/echo              the request as it arrived
  GET /demo/received          the last requests, ?correlationId=ID for one exchange
  WebSocket /ssh, /ws         an echo`,
  start: async (port) => {
    const upstream = await startUpstream({
      port,
      log: (line) => process.stdout.write(`upstream: ${line}\n`),
    })
    return { ready: `ready at ${upstream.url}`, stop: upstream.stop }
  },
})
