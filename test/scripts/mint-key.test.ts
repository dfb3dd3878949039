import { execFile } from 'node:child_process'
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)

function mintKey(...args: string[]) {
  return run('node_modules/.bin/node', ['scripts/mint-key.ts', ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )
}

describe('mint-key', () => {
  it('prints on one line a private key whose halves belong together, and nothing else', async () => {
    const { code, stdout, stderr } = await mintKey()

    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^\{.*\}\n$/)
    const { d, ...publicJwk } = JSON.parse(stdout)
    const text = Buffer.from('text')
    const signature = sign(
      null,
      text,
      createPrivateKey({ format: 'jwk', key: { ...publicJwk, d } }),
    )
    const publicKey = createPublicKey({ format: 'jwk', key: publicJwk })
    expect(publicKey.asymmetricKeyType).toBe('ed25519')
    expect(verify(null, text, publicKey, signature)).toBe(true)
  })

  it('prints another each time', async () => {
    const [one, two] = await Promise.all([mintKey(), mintKey()])

    expect(one.stdout).not.toBe(two.stdout)
  })

  it('says what it does, and not what it does not know', async () => {
    const [help, unknown] = await Promise.all([mintKey('--help'), mintKey('--public')])

    expect(help.stdout).toContain('GATEWAY_SIGNING_KEY')
    expect(unknown).toEqual({
      code: 1,
      stdout: '',
      stderr: "mint-key: Unknown option '--public'\n",
    })
  })
})
