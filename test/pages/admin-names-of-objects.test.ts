import { describe, expect, it } from 'vitest'
import { base64url, operatedGateway, strangers } from '../support/operator.ts'

const NAMES = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString']

describe('a name that every object has', () => {
  it.each(NAMES)('is a subject like any other: %s', async (name) => {
    const gateway = await operatedGateway()
    const subject = `user:${name}|${strangers().sub}-${name}`

    const changed = await gateway.change(subject, { blockSeconds: 60 })
    const listed = await gateway.operate('/_gateway/admin/subjects?state=blocked&limit=1000')
    const trail = await gateway.operate('/_gateway/admin/audit?limit=1000')
    await gateway.change(subject, { blockedUntil: null })

    expect(changed.status).toBe(200)
    expect(listed.text).toContain(JSON.stringify(subject))
    expect(trail.text).toContain(JSON.stringify(subject))
    expect((await gateway.read(subject)).blockedUntil).toBeFalsy()
  })

  it.each(NAMES)('is no window, no field and no span: %s', async (name) => {
    const gateway = await operatedGateway()
    const { user } = strangers()

    const answers = [
      await gateway.change(user, `{"limits":{"${name}":5}}`),
      await gateway.change(user, `{"limits":{"minute":5,"${name}":{"minute":1}}}`),
      await gateway.change(user, `{"${name}":{"reset":true},"reset":true}`),
      await gateway.operate(`/_gateway/admin/traffic?span=${name}`),
      await gateway.operate(`/_gateway/admin/subjects?state=${name}`),
      await gateway.operate(`/_gateway/admin/audit?limit=${name}`),
      await gateway.operate(`/_gateway/errors/${name}`),
    ]

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400, 404])
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it.each([
    '%ff',
    '%E0%A4%A',
    '%00%00%00%00%00%00%00%00',
    '%0d%0aSET%20x%20y%0d%0a',
    '..%2f..%2fx',
  ])('cannot be made of broken bytes or commands: %s', async (segment) => {
    const gateway = await operatedGateway()

    const answers = await Promise.all([
      gateway.operate(`/_gateway/admin/exchanges/${segment}`),
      gateway.operate(`/_gateway/admin/subjects/${segment}`),
      gateway.operate(`/_gateway/admin/subjects/${base64url(`ip:${segment}`)}`),
    ])

    expect(answers.filter(({ status }) => status !== 400 && status !== 404)).toEqual([])
  })
})
