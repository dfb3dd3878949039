import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServedWorker } from '../../scripts/serve.ts'
import { errorShapes } from '../../scripts/upstream/error-shapes.ts'
import { brokenPromises, brokenPromisesOfError } from '../support/promises.ts'
import { INSIDE } from '../support/upstream-behaviours.ts'
import { statusesFor, statusOfLost } from '../support/upstream-meanings.ts'
import { type HttpAnswer, httpAnswer } from './http-answers.ts'
import { type ScriptedUpstream, saying, startScriptedUpstream } from './scripted-upstream.ts'
import { openWorld, type World } from './world.ts'

/** So many bases that none fails often enough to be left alone: here every answer is to be seen. */
const BASES = 100

let world: World
let upstream: ScriptedUpstream
let gateway: ServedWorker
beforeAll(async () => {
  ;[world, upstream] = await Promise.all([openWorld(), startScriptedUpstream()])
  const routes = Array.from({ length: BASES }, (_, base) => ({
    path: `/w${base}/*`,
    access: 'public',
    upstream: `http://127.0.0.1:${upstream.port}/b${base}`,
  }))
  gateway = await world.another({
    ROUTES: JSON.stringify(routes),
    LIMITS: '{"ip":{"minute":1000000,"hour":null}}',
  })
})
afterAll(() => Promise.all([world.stop(), upstream.stop()]))

interface Seen {
  readonly id: string
  readonly method: string
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
  /** It broke off before its end. */
  readonly broken: boolean
}

/** Some answers are waited for: the gateway asks again. */
const AT_ONCE = 50
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
let count = 0

/** A client that takes every encoding and undoes none. */
function ask(method: string, prepare: (name: string) => void): Promise<Seen> {
  count += 1
  const id = `generated-${count}`
  prepare(id)
  return new Promise((resolve, reject) => {
    const asked = request({
      agent,
      method,
      port: gateway.port,
      path: `/w${count % BASES}/${id}`,
      headers: { 'X-Correlation-ID': id, 'Accept-Encoding': 'gzip, br, deflate, zstd' },
    })
    asked.on('error', reject)
    asked.on('response', (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk) => chunks.push(chunk))
      const finish = (broken: boolean) =>
        resolve({
          id,
          method,
          status: answer.statusCode ?? 0,
          headers: headersFrom(answer.headers),
          body: Buffer.concat(chunks),
          broken,
        })
      answer.on('end', () => finish(false))
      answer.on('error', () => finish(true))
    })
    asked.end()
  })
}

function headersFrom(fields: IncomingHttpHeaders): Headers {
  return new Headers(
    Object.entries(fields).flatMap(([name, value]) =>
      [value ?? []].flat().map((each): [string, string] => [name, each]),
    ),
  )
}

const isGood = (status: number) => status >= 200 && status < 400

function faultsOf(said: HttpAnswer, seen: Seen): string[] {
  const passed = isGood(said.status) && isGood(seen.status)
  if (passed) return faultsOfGood(said, seen)
  return isGood(said.status) && said.sound
    ? [`a good answer became ${seen.status}: ${Buffer.from(seen.body)}`]
    : faultsOfError(said, seen)
}

function faultsOfGood({ status, body, sound }: HttpAnswer, seen: Seen): string[] {
  const whole = seen.method === 'HEAD' ? '' : Buffer.from(body).toString('hex')
  const came = Buffer.from(seen.body).toString('hex')
  const isSame = sound ? came === whole && !seen.broken : whole.startsWith(came)
  return [
    ...brokenPromises(seen, seen.id),
    ...(seen.status === status ? [] : [`status ${seen.status}`]),
    ...(isSame ? [] : [`other bytes: ${came} for ${whole}`]),
    ...(seen.headers.has('X-Gateway-Error-Source') ? ['a source of no error'] : []),
  ]
}

function faultsOfError(said: HttpAnswer, seen: Seen): string[] {
  const { id, status, headers, method } = seen
  const text = Buffer.from(seen.body).toString()
  const told = isGood(said.status) ? [] : statusesFor(said.status, method, false)
  const statuses = said.sound ? told : [...told, statusOfLost(method)]
  const isClients = said.status >= 400 && said.status < 500 && status < 500
  const visible = `${JSON.stringify([...headers])}${text}`
  const leaks = isClients ? [] : INSIDE.filter((words) => visible.includes(words))
  return [
    ...(method === 'HEAD'
      ? [...brokenPromises(seen, id), ...(text === '' ? [] : ['a body of a HEAD'])]
      : brokenPromisesOfError({ status, headers, text }, id, isClients)),
    ...(statuses.includes(status) ? [] : [`status ${status}, not one of ${statuses}`]),
    ...leaks.map((words) => `a leak: ${words}`),
    ...(seen.broken ? ['half an answer'] : []),
    ...(said.sound && headers.get('X-Gateway-Error-Source') !== 'upstream'
      ? ['a wrong source']
      : []),
  ]
}

const play = (said: HttpAnswer, method = 'GET') =>
  ask(method, (name) => upstream.script(name, saying(said.bytes, said.hangUp)))

/** Asks for all of them at once, and gathers what is wrong with any. */
async function faultsOfAll(cases: readonly (readonly [HttpAnswer, string])[]): Promise<string[]> {
  const faults = await Promise.all(
    cases.map(async ([said, method]) =>
      faultsOf(said, await play(said, method)).map((fault) => `${said.status}: ${fault}`),
    ),
  )
  return faults.flat()
}

describe('1,000 upstreams that speak whatever bytes', () => {
  it('get no word past the contract, and their good answers pass byte for byte', async () => {
    const method = fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE')
    const cases = fc.array(fc.tuple(httpAnswer, method), {
      minLength: AT_ONCE,
      maxLength: AT_ONCE,
    })
    await fc.assert(
      fc.asyncProperty(cases, async (cases) => {
        expect(await faultsOfAll(cases)).toEqual([])
      }),
      { numRuns: 1_000 / AT_ONCE },
    )
  }, 60_000)
})

/** With a Content-Length, as every server would send it. */
function plainly(status: number, headers: Readonly<Record<string, string>>, text: string) {
  const body = Buffer.from(text)
  const fields = Object.entries({ ...headers, 'Content-Length': `${body.length}` })
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return {
    bytes: Buffer.concat([Buffer.from(`HTTP/1.1 ${status} X\r\n${head}\r\n`), body]),
    status,
    body,
    hangUp: false,
    sound: true,
  }
}

describe("each shape of the backend's errors, at each of its statuses", () => {
  it.each(
    errorShapes.flatMap(({ number, title, answers }) =>
      answers.flatMap(({ statuses, headers, body }) =>
        statuses.map((status) => [number, status, title, plainly(status, headers, body)] as const),
      ),
    ),
  )('%i on a %i keeps the contract: %s', async (_, __, ___, said) => {
    expect(
      await faultsOfAll([
        [said, 'GET'],
        [said, 'POST'],
      ]),
    ).toEqual([])
  })
})

describe('every status on the wire', () => {
  const statuses = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => from + index)

  it.each(['GET', 'HEAD', 'POST'])(
    'from 200 to 999 keeps the contract, for a %s',
    async (method) => {
      const isEmpty = (status: number) => [204, 205, 304].includes(status) || method === 'HEAD'
      const cases = statuses(200, 1_000).map((status) => {
        const said = plainly(status, { 'Content-Type': 'text/plain' }, isEmpty(status) ? '' : 'a b')
        return [said, method] as const
      })

      expect(await faultsOfAll(cases)).toEqual([])
    },
    30_000,
  )

  it.each(['GET', 'POST'])(
    'below 200 is a lost answer to a %s',
    async (method) => {
      const cases = statuses(100, 200).map((status) => {
        const said = { ...plainly(status, {}, 'a b'), hangUp: true, sound: false }
        return [said, method] as const
      })

      expect(await faultsOfAll(cases)).toEqual([])
    },
    30_000,
  )
})
