import { createServer, type ServerResponse } from 'node:http'
import { parseArgs } from 'node:util'
import { listen } from '../upstream/listen.ts'
import { requireGateway, type Vouched } from './middleware.ts'

const help = `Usage: npm run -s verify-assertion -- --gateway URL [options]

A small upstream that answers the gateway alone, with what the gateway vouches for.

  --gateway URL    where the gateway is; its keys are fetched from there
  --port N         of this upstream on 127.0.0.1, 0 for a free one (8791)
  --env NAME       the gateway's GATEWAY_ENV (local)
  --once           refuse an assertion that came before
  --help`

const text = { type: 'string' } as const

try {
  const { values } = parseArgs({
    options: {
      gateway: text,
      port: { ...text, default: '8791' },
      env: { ...text, default: 'local' },
      once: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  })
  process.stdout.write(`${values.help ? help : await started(values)}\n`)
} catch (error) {
  const [reason] = String(error instanceof Error ? error.message : error).split('\n')
  process.stderr.write(`verify-assertion: ${reason}\n`)
  process.exitCode = 1
}

interface Choices {
  readonly gateway?: string
  readonly port: string
  readonly env: string
  readonly once: boolean
}

async function started({ gateway, port, env, once }: Choices): Promise<string> {
  if (!gateway || !URL.canParse(gateway)) throw new Error('no gateway: give --gateway URL')
  const server = createServer()
  const address = `http://127.0.0.1:${await listen(server, Number(port))}`
  const guard = requireGateway({
    keysUrl: new URL('/.well-known/gateway-jwks.json', gateway).href,
    issuer: `gateway:${env}`,
    audience: address,
    once,
  })
  server.on('request', (request: Vouched, response: ServerResponse) => {
    void guard(request, response, () => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(request.assertion))
    })
  })
  return `An upstream at ${address}; start the gateway with UPSTREAM_URL=${address}`
}
