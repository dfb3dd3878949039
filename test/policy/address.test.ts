import { describe, expect, it } from 'vitest'
import { addressFrom } from '../../src/policy/address.ts'

const from = (address: string | undefined, local = false) =>
  addressFrom(new Headers(address === undefined ? {} : { 'CF-Connecting-IP': address }), local)

describe('the client’s address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:FFFF:203.0.113.7', '203.0.113.7'],
  ])('%s is counted as %s', (address, subject) => {
    expect(from(address)).toBe(subject)
  })

  it('of one household is one subject, of two are two', () => {
    expect(from('2001:db8:1:2::1')).toBe(from('2001:db8:1:2:ffff::9'))
    expect(from('2001:db8:1:2::1')).not.toBe(from('2001:db8:1:3::1'))
  })

  it.each([
    ['nothing', undefined],
    ['an empty header', ''],
    ['a name', 'localhost'],
    ['a number too large', '256.1.1.1'],
    ['three numbers', '1.2.3'],
    ['a trailing dot', '1.2.3.4.'],
    ['two addresses', '1.2.3.4, 5.6.7.8'],
    ['a port', '1.2.3.4:80'],
    ['two gaps', '1::2::3'],
    ['nine groups', '1:2:3:4:5:6:7:8:9'],
    ['seven groups', '1:2:3:4:5:6:7'],
    ['a gap in a full address', '1:2:3:4::5:6:7:8'],
    ['no hex', '2001:db8::xyz'],
    ['a zone', 'fe80::1%eth0'],
    ['a line of text', 'x'.repeat(10_000)],
  ])('is one subject for all who send %s', (_, address) => {
    expect(from(address)).toBe('unknown')
  })

  it('is loopback on one’s own machine, where no platform writes it', () => {
    expect(from(undefined, true)).toBe('127.0.0.1')
  })
})
