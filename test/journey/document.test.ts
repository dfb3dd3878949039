import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'

describe('the document of the API', () => {
  it('is served as JSON, and names who helps', async () => {
    const gateway = await testGateway()

    const answer = await gateway.get('/_gateway/openapi.json')

    expect(answer.status).toBe(200)
    expect(answer.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(JSON.parse(answer.text)).toMatchObject({
      openapi: '3.1.1',
      info: { contact: { email: 'support@cloudtolocalllm.online' } },
    })
  })

  it('can be browsed in a page that runs no script but its own, and asks nobody else', async () => {
    const gateway = await testGateway()

    const answer = await gateway.get('/_gateway/docs')

    expect(answer.status).toBe(200)
    expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('Content-Security-Policy')?.split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
      ]),
    )
    expect(answer.text).not.toMatch(/<script(?![^>]* src="\/_gateway\/assets\/)|<style|https?:/)
  })

  it.each(['/_gateway/openapi.json', '/_gateway/docs'])(
    '%s is not there where ROUTES replaces the table it tells of',
    async (path) => {
      const ROUTES = JSON.stringify([{ path: '/things', access: 'public' }])
      const gateway = await testGateway({ settings: { ROUTES } })

      const answer = await gateway.get(path)

      expect([answer.status, answer.error.code]).toEqual([404, 'NOT_FOUND'])
      expect(gateway.received).toEqual([])
    },
  )
})
