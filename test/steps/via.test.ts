import { describe, expect, it } from 'vitest'
import { viaOf } from '../../src/steps/via.ts'

describe('the link that the gateway adds', () => {
  it.each([
    ['HTTP/1.0', '1.0'],
    ['HTTP/1.1', '1.1'],
    ['HTTP/2', '2'],
    ['HTTP/3', '3'],
    ['SPDY', '1.1'],
  ])('tells the protocol of the client’s hop where the platform knows it: %s', (told, version) => {
    const request = new Request('https://gateway.test/', { cf: { httpProtocol: told } })

    expect(viaOf(request)).toBe(`${version} cloudtolocalllm-gateway`)
  })
})
