import { parseArgs } from 'node:util'

interface ServerCommand {
  readonly name: string
  readonly help: string
  /** Starts the server; answers its ready line and how to stop it. */
  start(port: number): Promise<{ readonly ready: string; stop(): Promise<void> }>
}

/** Runs one server as a command: `--port N`, one ready line, an end on SIGINT and SIGTERM. */
export async function runServerCommand(command: ServerCommand): Promise<void> {
  try {
    const port = portFrom(process.argv.slice(2))
    if (port === 'help') {
      process.stdout.write(`${command.help}\n`)
      return
    }
    const server = await command.start(port)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => server.stop().then(() => process.exit(0)))
    }
    process.stdout.write(`${command.name}: ${server.ready}\n`)
  } catch (error) {
    process.stderr.write(`${command.name}: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}

function portFrom(args: string[]): number | 'help' {
  const { values } = parseArgs({
    args,
    options: { port: { type: 'string', default: '0' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) return 'help'
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
    throw new Error(`--port takes a number from 0 (any free port) to 65535, not "${values.port}"`)
  }
  return Number(values.port)
}
