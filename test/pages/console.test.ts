import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'

describe('the operators’ console', () => {
  it('is a page for everybody: it holds no datum', async () => {
    const gateway = await testGateway()

    const answer = await gateway.get('/_gateway/console')

    expect(answer.status).toBe(200)
    expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(answer.text).not.toMatch(/<script(?![^>]* src="\/_gateway\/assets\/)|<style|https?:/)
  })

  it('lets its page run its own script, ask the gateway, and nothing else', async () => {
    const gateway = await testGateway()

    const { headers } = await gateway.get('/_gateway/console')

    expect(headers.get('Content-Security-Policy')?.split('; ').sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src 'self'",
      "require-trusted-types-for 'script'",
      "script-src 'self'",
      "style-src 'self'",
      "trusted-types 'none'",
    ])
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
    expect(headers.get('X-Frame-Options')).toBe('DENY')
  })

  it('ships the plotting library with its licence', async () => {
    const gateway = await testGateway()

    const files = await Promise.all(
      ['console.js', 'console.css'].map((name) => gateway.get(`/_gateway/assets/${name}`)),
    )

    expect(files.map(({ status }) => status)).toEqual([200, 200])
    for (const { text } of files) {
      expect(text).toContain('Leon Sorokin')
      expect(text).toContain('Permission is hereby granted, free of charge')
    }
  })
})

describe('/_gateway/admin/settings', () => {
  const ask = async (settings: Readonly<Record<string, string>>, permissions?: string[]) => {
    const gateway = await testGateway({ settings })
    const token = permissions
      ? await gateway.mint({ roles: ['support_admin'], permissions })
      : await gateway.mint({ roles: ['super_admin'] })
    return gateway.get('/_gateway/admin/settings', { token })
  }

  it('tells the environment, and each limit by the name that traffic has for it', async () => {
    const LIMITS = JSON.stringify({
      ip: { minute: 60, hour: null },
      key: { minute: { limit: 7, shadow: true } },
      tiers: { free: { minute: 5, hour: null, month: null } },
    })

    const { environment, limits } = JSON.parse((await ask({ LIMITS, GATEWAY_ENV: 'staging' })).text)

    expect(environment).toBe('staging')
    expect(limits).toEqual(
      expect.arrayContaining([
        { name: 'ip:60', of: 'ip', window: '60', seconds: 60, limit: 60, shadow: false },
        { name: 'key:60', of: 'key', window: '60', seconds: 60, limit: 7, shadow: true },
        {
          name: 'user:60',
          of: 'user',
          tier: 'free',
          window: '60',
          seconds: 60,
          limit: 5,
          shadow: false,
        },
        {
          name: 'bridgePoll:60',
          of: 'caller',
          window: 'bridgePoll:60',
          seconds: 60,
          limit: 30,
          shadow: false,
        },
        {
          name: 'token:900',
          of: 'ip',
          window: 'token:900',
          seconds: 900,
          limit: 100,
          shadow: false,
        },
      ]),
    )
    expect(limits.filter(({ of, tier }: Line) => of === 'ip' || tier === 'free')).toHaveLength(3)
  })

  it.each([
    [['view_gateway'], 200],
    [['manage_subjects'], 200],
    [['view_users'], 403],
    [[], 403],
  ])('answers an admin who may %j: %s', async (permissions, status) => {
    expect((await ask({}, permissions)).status).toBe(status)
  })
})

interface Line {
  readonly of: string
  readonly tier?: string
}
