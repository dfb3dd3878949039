import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'

async function run(name: string, option: string) {
  const child = spawn(process.execPath, [`scripts/${name}.ts`, option])
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { out, err, code }
}

describe.each([
  ['build', 'build'],
  ['build:client', 'build-client'],
  ['smoke', 'smoke'],
])('npm run %s', (name, script) => {
  it('refuses an option rather than running without it', async () => {
    const { out, err, code } = await run(script, '--env')

    expect([out, code]).toEqual(['', 1])
    expect(err).toMatch(new RegExp(`^${name}: Unknown option '--env'`))
  })

  it('has a help', async () => {
    const { out, code } = await run(script, '--help')

    expect(out).toMatch(new RegExp(`^Usage: npm run ${name}\n`))
    expect(code).toBe(0)
  })
})
