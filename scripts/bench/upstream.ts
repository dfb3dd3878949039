import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProgram } from '../find-program.ts'
import { freePort } from '../free-port.ts'
import { close, listen } from '../upstream/listen.ts'

export interface FastUpstream {
  readonly url: string
  /** For people. */
  readonly kind: string
  stop(): Promise<void>
}

interface Page {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** What the upstream says; any other path is a small good answer. */
export const PAGES: Readonly<Record<string, Page>> = {
  '/tunnels': {
    status: 200,
    type: 'application/json',
    body: '{"tunnels":[{"id":"5f0c","name":"home","status":"connected"}],"total":1}',
  },
  '/tunnels/megabyte': {
    status: 200,
    type: 'application/octet-stream',
    body: 'x'.repeat(1_048_576),
  },
  '/tunnels/fails-json': {
    status: 500,
    type: 'application/json',
    body: '{"error":"Internal server error","message":"Something went wrong"}',
  },
  '/tunnels/fails-html': {
    status: 500,
    type: 'text/html',
    body: `<!DOCTYPE html><html><head><title>Error</title></head><body><pre>${'at handle '.repeat(30)}</pre></body></html>`,
  },
}

/** nginx where it is installed, else Node in this process, which then competes with the load. */
export async function startFastUpstream(): Promise<FastUpstream> {
  const nginx = findNginx()
  return nginx ? startNginx(nginx) : startNode()
}

/** Debian keeps it off an ordinary user's path. */
export function findNginx(): string | undefined {
  return findProgram('nginx', [process.env.PATH, '/usr/sbin'].join(delimiter))
}

export async function startNode(): Promise<FastUpstream> {
  const answer: RequestListener = (request, response) => {
    const page = PAGES[request.url ?? ''] ?? PAGES['/tunnels']
    request.resume()
    response.writeHead(page?.status ?? 404, { 'Content-Type': page?.type ?? 'text/plain' })
    response.end(page?.body)
  }
  const server = createServer(answer)
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    kind: `Node ${process.version} (no nginx found)`,
    stop: () => close(server),
  }
}

const START_ATTEMPTS = 100
const PROBE_MS = 50

export async function startNginx(program: string): Promise<FastUpstream> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-nginx-'))
  const url = `http://127.0.0.1:${await freePort()}`
  await mkdir(join(folder, 'tunnels'))
  await writeFile(join(folder, MEGABYTE), PAGES[MEGABYTE]?.body ?? '')
  const config = join(folder, 'nginx.conf')
  await writeFile(config, configFor(folder, url))
  const child = spawn(program, ['-p', folder, '-c', config, '-e', 'stderr'], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  for (let attempt = 0; attempt < START_ATTEMPTS && child.exitCode === null; attempt += 1) {
    const answer = await fetch(`${url}/tunnels`).catch(() => undefined)
    if (answer?.ok) return { url, kind: 'nginx', stop }
    await sleep(PROBE_MS)
  }
  await stop()
  throw new Error(`${program} does not start`)
}

/** Longer than nginx takes in a line of its settings. */
const MEGABYTE = '/tunnels/megabyte'

/** One process, everything inside the folder, connections that are kept. */
function configFor(folder: string, url: string): string {
  const places = Object.entries(PAGES).map(([path, { status, type, body }]) => {
    const answer = path === MEGABYTE ? `root ${folder};` : `return ${status} '${body}';`
    return `location = ${path} { default_type ${type}; ${answer} }`
  })
  return `daemon off; master_process off; pid ${folder}/pid; error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 300s; sendfile on; types { }
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((use) => `${use}_temp_path ${folder}/${use};`).join(' ')}
  client_body_buffer_size 32k;
  server {
    listen ${new URL(url).host} backlog=1024;
    ${places.join('\n    ')}
  }
}
`
}
