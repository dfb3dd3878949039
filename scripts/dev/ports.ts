import { once } from 'node:events'
import { createServer } from 'node:net'
import { parseArgs } from 'node:util'
import type { Plan } from './plan.ts'

const DEFAULT_PORT = 8787
/** The gateway's and the three after it. */
const LAST_PORT = 65_535 - 3

export function portFrom(args: string[]): number | 'help' {
  const { values } = parseArgs({
    args,
    options: { port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) return 'help'
  const text = values.port ?? String(DEFAULT_PORT)
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= LAST_PORT) return port
  throw new Error(`--port takes a number from 1 to ${LAST_PORT}, not "${text}"`)
}

/** Throws unless every port of the plan can be had. */
export async function checkPorts({ ports, embedded }: Plan): Promise<void> {
  const wanted = [
    ['gateway', ports.gateway],
    ...(['upstream', 'issuer', 'store'] as const)
      .filter((part) => embedded[part])
      .map((part) => [part, ports[part]] as const),
  ] as const
  for (const [part, port] of wanted) {
    const refusal = await refusalOf(port)
    if (refusal === undefined) continue
    const reason = refusal === 'EADDRINUSE' ? 'is taken' : `cannot be had (${refusal})`
    throw new Error(`port ${port}, for the ${part}, ${reason}; try npm run dev -- --port N`)
  }
}

async function refusalOf(port: number): Promise<string | undefined> {
  const probe = createServer()
  try {
    probe.listen(port, '127.0.0.1')
    await once(probe, 'listening')
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
  probe.close()
  await once(probe, 'close')
  return undefined
}
