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
import { MEGABYTE, PAGES, type Page, SMALL_PAGE } from './upstream-pages.ts'

export interface FastUpstream {
  readonly url: string
  /** For people. */
  readonly kind: string
  /** How many it has answered so far; this question is none of them. */
  requests(): Promise<number>
  stop(): Promise<void>
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
  let requests = 0
  const answer: RequestListener = (request, response) => {
    requests += 1
    const { status, type, body, chunked } = PAGES[request.url ?? ''] ?? SMALL_PAGE
    const length = chunked ? {} : { 'Content-Length': Buffer.byteLength(body) }
    request.resume()
    response.writeHead(status, { 'Content-Type': type, ...length })
    response.end(body)
  }
  const server = createServer(answer)
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    kind: `Node ${process.version} (no nginx found)`,
    requests: async () => requests,
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
  let asked = 0
  async function requests() {
    const answer = await fetch(`${url}/status`)
    // nginx counts these questions too.
    asked += 1
    return requestsFrom(await answer.text()) - asked
  }
  for (let attempt = 0; attempt < START_ATTEMPTS && child.exitCode === null; attempt += 1) {
    const answer = await fetch(`${url}/tunnels`).catch(() => undefined)
    if (answer?.ok) return { url, kind: 'nginx', requests, stop }
    await sleep(PROBE_MS)
  }
  await stop()
  throw new Error(`${program} does not start`)
}

/** The third of the numbers that stand in a line of their own: accepted, handled, requests. */
function requestsFrom(status: string): number {
  return Number(/^ \d+ \d+ (\d+) $/m.exec(status)?.[1])
}

/** One process, everything inside the folder, connections that are kept. */
function configFor(folder: string, url: string): string {
  const places = Object.entries({ ...PAGES, '/': SMALL_PAGE }).map(([path, page]) => {
    const which = path === '/' ? path : `= ${path}`
    const answer = path === MEGABYTE ? `root ${folder};` : answerOf(page)
    return `location ${which} { default_type ${page.type}; ${answer} }`
  })
  return `daemon off; master_process off; pid ${folder}/pid; error_log stderr crit;
events { worker_connections 16384; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 300s; sendfile on; types { }
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((use) => `${use}_temp_path ${folder}/${use};`).join(' ')}
  client_body_buffer_size 32k;
  server {
    listen ${new URL(url).host} backlog=4096;
    location = /status { stub_status; }
    ${places.join('\n    ')}
  }
}
`
}

function answerOf({ status, body, chunked }: Page): string {
  // It has a page of its own for an empty text, but not for a variable that is empty.
  const text = body === '' ? '$arg_nothing' : `'${body}'`
  // Whatever passes its includes has no length any more.
  return `${chunked ? 'ssi on; ssi_types *; ' : ''}return ${status} ${text};`
}
