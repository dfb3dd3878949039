import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'

const BIN = join(import.meta.dirname, '../node_modules/.bin')
/** Where each build leaves the gateway's own pages. */
const ASSETS = join(import.meta.dirname, '../dist/assets')
const START_TIMEOUT_MS = 15_000

export interface ServedWorker {
  readonly url: string
  readonly port: number
  /** Of workerd itself. */
  readonly pid: number
  /** Of V8's inspector, where that was asked for. */
  readonly inspectorPort?: number
  /** Lets its cron trigger come, as if at that time (ms); ends when its work has. */
  trigger(time: number): Promise<void>
  /** What it has written to its log so far; there is none once it is stopped. */
  log(): string
  stop(): Promise<void>
}

export interface Bundle {
  readonly script: string
  remove(): Promise<void>
}

/**
 * The worker as it is deployed, one file. Takes seconds: build once, serve often. `entry` is another worker than the
 * gateway, `checkout` another working copy than this one.
 */
export async function buildBundle({
  entry = 'src/index.ts',
  checkout = join(import.meta.dirname, '..'),
} = {}): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'))
  await promisify(execFile)(
    join(BIN, 'wrangler'),
    ['deploy', entry, '--dry-run', '--env', '', '--outdir', folder],
    { cwd: checkout, env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } },
  )
  return {
    script: join(folder, basename(entry).replace(/ts$/, 'js')),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/**
 * Serves a built worker with plain workerd on a free port of 127.0.0.1. `wrangler dev` is no substitute: its proxy
 * rewrites what a hostile client sends and ends at the first lost connection.
 */
export async function serveBundle(
  script: string,
  settings: Readonly<Record<string, string>>,
  { inspected = false } = {},
): Promise<ServedWorker> {
  // Beside the script, because workerd embeds files by paths relative to the configuration's.
  const name = join(dirname(script), randomUUID())
  const [config, logFile] = [`${name}.capnp`, `${name}.log`]
  await writeFile(config, configFor(basename(script), settings), { mode: 0o600 })
  // A file, because whoever writes to a pipe pays for waking its reader: as much again as for writing the line.
  const output = await open(logFile, 'a', 0o600)
  const inspector = inspected ? ['--inspector-addr=127.0.0.1:0'] : []
  const child = spawn(
    join(BIN, 'workerd'),
    ['serve', config, '--control-fd=3', '--experimental', ...inspector],
    // What is inspected is asked a million times, and nobody reads what it says of each.
    { stdio: ['ignore', inspected ? 'ignore' : output.fd, output.fd, 'pipe'] },
  )
  await output.close()
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const log = () => readFileSync(logFile, 'utf8')
  const stop = async () => {
    child.kill()
    await ended
    await Promise.all([config, logFile].map((file) => rm(file, { force: true })))
  }
  try {
    const ports = await portsOf(child, inspected, log)
    const { cronPort, ...own } = ports
    return {
      ...own,
      url: `http://127.0.0.1:${ports.port}`,
      pid: child.pid ?? 0,
      async trigger(time) {
        const { ok } = await fetch(`http://127.0.0.1:${cronPort}/?time=${time}`)
        if (!ok) throw new Error(`the cron trigger failed: ${log()}`)
      },
      log,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** workerd tells on a descriptor of our choice which ports it took. */
async function portsOf(
  child: ChildProcess,
  inspected: boolean,
  output: () => string,
): Promise<Pick<ServedWorker, 'port' | 'inspectorPort'> & { readonly cronPort: number }> {
  const control = child.stdio[3]
  if (!(control instanceof Readable)) throw new Error('workerd has no control channel')
  const timer = setTimeout(() => child.kill(), START_TIMEOUT_MS)
  const ports = new Map<string, number>()
  for await (const line of createInterface({ input: control })) {
    const { event, socket = event, port } = JSON.parse(line)
    ports.set(socket, port)
    const [served, cron] = [ports.get('http'), ports.get('cron')]
    const inspector = ports.get('listen-inspector')
    if (served === undefined || cron === undefined) continue
    if (inspected && inspector === undefined) continue
    clearTimeout(timer)
    return {
      port: served,
      cronPort: cron,
      ...(inspector !== undefined && { inspectorPort: inspector }),
    }
  }
  clearTimeout(timer)
  throw new Error(`workerd did not start: ${output()}`)
}

/** workerd has no cron of its own; another worker may call what a trigger would. */
const CRON = `export default {
  async fetch({ url }, { GATEWAY }) {
    const scheduledTime = new Date(Number(new URL(url).searchParams.get('time')))
    const { outcome } = await GATEWAY.scheduled({ scheduledTime, cron: '* * * * *' })
    return new Response(outcome, { status: outcome === 'ok' ? 200 : 500 })
  },
}`

function configFor(script: string, settings: Readonly<Record<string, string>>): string {
  const bindings = Object.entries(settings).map(
    ([name, value]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)})`,
  )
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "gateway", worker = (
      modules = [(name = "index.js", esModule = embed ${JSON.stringify(script)})],
      compatibilityDate = "2026-11-01",
      compatibilityFlags = ["enable_request_signal", "request_signal_passthrough"],
      bindings = [${[...bindings, '(name = "ASSETS", service = "assets")'].join(', ')}],
    )),
    (name = "cron", worker = (
      modules = [(name = "cron.js", esModule = ${JSON.stringify(CRON)})],
      compatibilityDate = "2026-11-01",
      compatibilityFlags = ["service_binding_extra_handlers"],
      bindings = [(name = "GATEWAY", service = "gateway")],
    )),
    (name = "assets", disk = (path = ${JSON.stringify(ASSETS)})),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "gateway"),
    (name = "cron", address = "127.0.0.1:0", http = (), service = "cron"),
  ],
);
`
}
