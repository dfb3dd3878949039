import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DemoUpstream, startUpstream } from '../../../scripts/upstream/server.ts'

let upstream: DemoUpstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.stop())

describe('the upstream as a command', () => {
  it('says that its port is taken and exits 1', async () => {
    const { port } = new URL(upstream.url)
    const child = spawn(process.execPath, ['scripts/upstream/main.ts', '--port', port])
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])

    expect({ err, code }).toEqual({
      err: `upstream: port ${port} on 127.0.0.1 is taken\n`,
      code: 1,
    })
  })

  it('prints one ready line, answers, and ends on SIGINT', async () => {
    const child = spawn(process.execPath, ['scripts/upstream/main.ts'])
    const [line] = await once(child.stdout, 'data')
    const [url = ''] = String(line).match(/http:\S+/) ?? []
    const { status } = await fetch(`${url}/health`)
    child.kill('SIGINT')
    const [code] = await once(child, 'exit')

    expect(String(line)).toMatch(/^upstream: ready at http:\/\/127\.0\.0\.1:\d+\n$/)
    expect([status, code]).toEqual([200, 0])
  })
})
