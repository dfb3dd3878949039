import { Agent, request as open } from 'node:http'
import type { WireRequest } from './wire-request.ts'

export interface Answer {
  readonly status: number
  readonly firstByteMs: number
}

interface Sending {
  readonly port: number
  readonly connections: number
  /** What is under way then is given up and not reported. */
  readonly seconds: number
}

/** Sends the requests over so many connections, each when its connection is free; answers what came back. */
export async function send(
  requests: Iterable<WireRequest>,
  { port, connections, seconds }: Sending,
): Promise<Answer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const answers: Answer[] = []
  let over = false
  const timer = setTimeout(() => {
    over = true
    agent.destroy()
  }, seconds * 1000)

  const left = requests[Symbol.iterator]()
  async function connection() {
    while (!over) {
      const next = left.next()
      if (next.done) return
      const answer = await exchange(agent, port, next.value)
      if (answer) answers.push(answer)
    }
  }
  await Promise.all(Array.from({ length: connections }, connection))
  clearTimeout(timer)
  agent.destroy()
  return answers
}

/** What is answered otherwise is something else than what was to be looked at. */
export function checkStatuses(name: string, answers: readonly Answer[], expected: number): void {
  const wrong = answers.find(({ status }) => status !== expected)
  if (wrong) throw new Error(`${name}: answered ${wrong.status}, not ${expected}`)
}

/** Undefined: no answer came, or not the whole of it. */
function exchange(
  agent: Agent,
  port: number,
  { method, path, headers, body }: WireRequest,
): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const length = body === undefined ? {} : { 'Content-Length': body.length }
    const sentAt = performance.now()
    const sent = open(
      { agent, host: '127.0.0.1', port, method, path, headers: { ...headers, ...length } },
      (response) => {
        const firstByteMs = performance.now() - sentAt
        response.on('end', () => resolve({ status: response.statusCode ?? 0, firstByteMs }))
        response.on('close', () => resolve(undefined))
        response.resume()
      },
    )
    sent.on('error', () => resolve(undefined))
    sent.end(body)
  })
}
