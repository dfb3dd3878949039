import { describe, expect, it } from 'vitest'
import { base64url, operatedGateway, strangers } from '../support/operator.ts'

const FOREIGN = 'https://evil.test'
const CONSOLE = 'https://console.test'
const SUBJECTS = '/_gateway/admin/subjects'
const BLOCK = '{"blockSeconds":600}'

/** Whom a foreign page would like to have blocked, and an operator with a session in the same browser. */
async function browserOfAnOperator() {
  const gateway = await operatedGateway({ CORS_ORIGINS: CONSOLE })
  const { user } = strangers()
  const token = await gateway.mint({ roles: ['super_admin'] })
  return { gateway, user, token, path: `${SUBJECTS}/${base64url(user)}` }
}

describe('a page of a foreign origin', () => {
  it.each(['token', 'access_token', 'session', 'refreshToken', '__Host-session', 'Authorization'])(
    'borrows no credentials: a cookie %s counts for nothing',
    async (name) => {
      const { gateway, user, token, path } = await browserOfAnOperator()
      const headers = {
        Cookie: `${name}=${token}`,
        Origin: FOREIGN,
        'Sec-Fetch-Site': 'cross-site',
      }

      const read = await gateway.get(path, { headers })
      const change = await gateway.ask(path, {
        method: 'PATCH',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: BLOCK,
      })

      expect([read.error.code, change.error.code]).toEqual(['MISSING_TOKEN', 'MISSING_TOKEN'])
      expect(await gateway.read(user)).toMatchObject({ exists: false })
    },
  )

  it.each(['access_token', 'token'])('sends none in the query: %s', async (name) => {
    const { gateway, token, path } = await browserOfAnOperator()

    const { error } = await gateway.get(`${path}?${name}=${token}`)

    expect(error.code).toBe('MISSING_TOKEN')
  })

  it.each([
    ['text/plain'],
    ['text/plain; application/json'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    [''],
  ])('gets nothing done by what it may send without asking: %s', async (type) => {
    const { gateway, user, token, path } = await browserOfAnOperator()

    const answer = await gateway.ask(path, {
      method: 'PATCH',
      token,
      headers: { 'Content-Type': type, Origin: FOREIGN },
      body: BLOCK,
    })

    expect(answer.error.code).toBe('VALIDATION_ERROR')
    expect(await gateway.read(user)).toMatchObject({ exists: false })
  })

  it.each([
    ['a form', 'POST', {}],
    ['a form that says otherwise', 'POST', { 'X-HTTP-Method-Override': 'PATCH' }],
    ['a link', 'GET', {}],
    ['an image', 'HEAD', {}],
  ])('changes nothing by %s', async (_, method, headers) => {
    const { gateway, user, token, path } = await browserOfAnOperator()

    await gateway.ask(`${path}?_method=PATCH&blockSeconds=600`, {
      method,
      token,
      headers: { ...headers, 'Content-Type': 'application/json' },
      ...(method === 'POST' && { body: BLOCK }),
    })

    expect(await gateway.read(user)).toMatchObject({ exists: false })
  })

  it.each([
    [FOREIGN, null],
    ['null', null],
    [`${CONSOLE}.evil.test`, null],
    [CONSOLE, CONSOLE],
  ])('hears from a preflight whether it may ask at all: %s', async (origin, allowed) => {
    const { gateway, path } = await browserOfAnOperator()

    const { status, headers } = await gateway.ask(path, {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'PATCH',
        'Access-Control-Request-Headers': 'authorization,content-type',
      },
    })

    expect(status).toBe(204)
    expect(headers.get('Access-Control-Allow-Origin')).toBe(allowed)
    expect(headers.get('Access-Control-Allow-Methods')?.includes('PATCH') ?? false).toBe(
      allowed !== null,
    )
  })

  it('cannot read what an operator is told', async () => {
    const { gateway, token } = await browserOfAnOperator()

    const { headers } = await gateway.get('/_gateway/admin/audit', {
      token,
      headers: { Origin: FOREIGN },
    })

    expect(headers.get('Access-Control-Allow-Origin')).toBeNull()
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Cache-Control')).toBe('no-store')
  })
})
