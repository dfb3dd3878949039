import { compactVerify, importJWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { Ed25519Signer } from '../../src/adapters/ed25519-signer.ts'
import { OTHER_KEY, RFC_KEY, RFC_THUMBPRINT } from '../support/own-keys.ts'

function signerWith(pair: { readonly x: string; readonly d: string }, published = [pair.x]) {
  const records: Readonly<Record<string, unknown>>[] = []
  const log = { write: (record: Readonly<Record<string, unknown>>) => void records.push(record) }
  return { signer: new Ed25519Signer({ pair, published }, log), records }
}

describe('the signer', () => {
  it('signs what the public half verifies, under the key’s thumbprint', async () => {
    const { signer } = signerWith(RFC_KEY)

    const text = (await signer.sign({ sub: 'auth0|zoë' })) ?? ''

    const { kty, crv, x } = RFC_KEY
    const { payload, protectedHeader } = await compactVerify(
      text,
      await importJWK({ kty, crv, x }, 'EdDSA'),
    )
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'gateway+jwt', kid: RFC_THUMBPRINT })
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({ sub: 'auth0|zoë' })
  })

  it('publishes the public halves alone, in their order', async () => {
    const { signer } = signerWith(RFC_KEY, [RFC_KEY.x, OTHER_KEY.x])

    const keys = await signer.publicKeys()

    expect(keys[0]).toEqual({
      kty: 'OKP',
      crv: 'Ed25519',
      x: RFC_KEY.x,
      kid: RFC_THUMBPRINT,
      alg: 'EdDSA',
      use: 'sig',
    })
    expect(keys.map(({ x }) => x)).toEqual([RFC_KEY.x, OTHER_KEY.x])
    expect(JSON.stringify(keys)).not.toContain('"d"')
  })

  // The y of no point: RFC 8032, section 5.1.3, step 3.
  const NO_POINT = `Ag${'A'.repeat(41)}`

  it.each([
    ['another key’s', OTHER_KEY.x],
    ['no point of the curve', NO_POINT],
  ])(
    'signs nothing where the public half is %s, and says so once, without the key',
    async (_, x) => {
      const { signer, records } = signerWith({ x, d: RFC_KEY.d })

      const signed = [await signer.sign({}), await signer.sign({})]

      expect(signed).toEqual([undefined, undefined])
      expect(records).toEqual([
        {
          event: 'configuration.invalid',
          problems: ['GATEWAY_SIGNING_KEY: x is not the public half of d'],
        },
      ])
    },
  )
})
