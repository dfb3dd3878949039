import { parseArgs } from 'node:util'
import { type LocalStore, startStore } from './bridge.ts'

const USAGE =
  'usage: npx node scripts/store/main.ts --token TOKEN [--port PORT] [--engine redis|embedded]'

try {
  const store = await startStore(optionsFrom(process.argv.slice(2)))
  stopOnSignals(store)
  process.stdout.write(`store ready at ${store.url}: ${store.kind}\n`)
} catch (error) {
  process.stderr.write(`store: ${reasonOf(error)}\n`)
  process.exit(1)
}

function optionsFrom(words: string[]) {
  const { values } = parseArgs({
    args: words,
    options: {
      token: { type: 'string' },
      port: { type: 'string', default: '0' },
      engine: { type: 'string' },
    },
  })
  const { token, engine } = values
  const port = Number(values.port)
  if (!token) throw new Error(`a token is missing; ${USAGE}`)
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`${values.port} is not a port; ${USAGE}`)
  }
  if (engine === undefined) return { token, port }
  if (engine === 'redis' || engine === 'embedded') return { token, port, engine } as const
  throw new Error(`no engine is called ${engine}; ${USAGE}`)
}

function stopOnSignals(store: LocalStore): void {
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    await store.stop()
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'EADDRINUSE') {
    return `port ${'port' in error ? error.port : ''} is taken on 127.0.0.1`
  }
  return error.message
}
