import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/gateway.ts'
import { opened, sent, textOf } from '../support/judged-bodies.ts'

describe('what a route asks of its bodies', () => {
  const over255 = 'x'.repeat(256)

  it.each([
    ['POST', '/tunnels', '{"name":"Home"}'],
    [
      'POST',
      '/tunnels',
      '{"name":"Home","config":null,"endpoints":[{"url":"http://localhost:1"}]}',
    ],
    ['POST', '/tunnels', '{"name":"Home","config":{"maxConnections":0,"timeout":30000,"new":{}}}'],
    ['POST', '/api/tunnels', `{"name":"${'x'.repeat(255)}","extra":[1]}`],
    ['PUT', '/tunnels/t1', '{}'],
    ['PUT', '/tunnels/t1', '{"name":null,"config":{"compression":false}}'],
    ['PUT', '/tunnels/t1/config', '{"timeout":null,"maxConnections":5}'],
    ['PUT', '/tunnels/t1/config', '{"timeout":1.5,"maxConnections":-1}'],
    ['PUT', '/tunnels/t1/config', '{"timeout":"30","compression":"true"}'],
    ['PUT', '/users/profile', '{"profile":{"firstName":"Ada"}}'],
    ['PUT', '/users/profile', '{"email":null,"profile":null}'],
    ['PUT', '/users/profile', '{"email":"ada+x@mail.example.com"}'],
    ['POST', '/admin/admins', '{"role":"support_admin"}'],
    ['POST', '/admin/email/test', '{"recipientEmail":"ü@exämple.com"}'],
    ['POST', '/tunnel-webhooks/t1/webhooks', '{"url":"https://hooks.example.com/x"}'],
    ['POST', '/tunnel-webhooks/t1/webhooks', '{"events":["tunnel.created"]}'],
    ['POST', '/auth/session/revoke', '{"sessionId":"s1"}'],
    ['POST', '/auth/session/revoke', '{"sessionId":17}'],
  ])('passes %s %s %s', async (method, path, text) => {
    const { answer, arrived } = await sent(method, path, text)

    expect(answer.status).toBe(200)
    expect(textOf(arrived[0]?.bytes)).toBe(text)
  })

  it.each([
    ['POST', '/tunnels', '{}'],
    ['POST', '/tunnels', '[]'],
    ['POST', '/api/tunnels', '{"name":null}'],
    ['POST', '/tunnels', '{"name":""}'],
    ['POST', '/tunnels', '{"name":" \\t"}'],
    ['POST', '/tunnels', undefined],
  ])('%s %s %s lacks a name', async (method, path, text) => {
    const { answer, arrived } = await sent(method, path, text)

    expect(answer.error).toMatchObject({
      code: 'MISSING_PARAMETER',
      details: { missingFields: ['name'] },
    })
    expect(arrived).toEqual([])
  })

  it.each([
    ['{}'],
    ['{"sessionId":null}'],
    ['{"sessionId":""}'],
    ['{"session":"s1"}'],
    [undefined],
  ])('revoking a session by %s lacks its id', async (text) => {
    const { answer, arrived } = await sent('POST', '/auth/session/revoke', text)

    expect(answer.error).toMatchObject({
      code: 'MISSING_SESSION_ID',
      details: { missingFields: ['sessionId'] },
    })
    expect(arrived).toEqual([])
  })

  it.each([
    ['POST', '/tunnels', '{"name":5}', 'INVALID_PARAMETER', { parameter: 'name' }],
    ['POST', '/tunnels', `{"name":"${over255}"}`, 'INVALID_PARAMETER', { parameter: 'name' }],
    ['PUT', '/tunnels/t1', '{"name":""}', 'INVALID_PARAMETER', { parameter: 'name' }],
    ['PUT', '/users/profile', '{"profile":"Ada"}', 'INVALID_PARAMETER', { parameter: 'profile' }],
    [
      'POST',
      '/tunnels',
      '{"name":"a","config":"fast"}',
      'INVALID_TUNNEL_CONFIG',
      { field: 'config' },
    ],
    ['POST', '/tunnels', '{"name":"a","config":[]}', 'INVALID_TUNNEL_CONFIG', { field: 'config' }],
    [
      'PUT',
      '/tunnels/t1',
      '{"config":{"timeout":"30s"}}',
      'INVALID_TUNNEL_CONFIG',
      { field: 'config.timeout' },
    ],
    [
      'PUT',
      '/tunnels/t1/config',
      '{"maxConnections":[5]}',
      'INVALID_TUNNEL_CONFIG',
      { field: 'maxConnections' },
    ],
    ['PUT', '/tunnels/t1/config', '{"timeout":""}', 'INVALID_TUNNEL_CONFIG', { field: 'timeout' }],
    [
      'PUT',
      '/tunnels/t1/config',
      '{"compression":"yes"}',
      'INVALID_TUNNEL_CONFIG',
      { field: 'compression' },
    ],
    ['PUT', '/users/profile', '{"email":"ada"}', 'INVALID_EMAIL', { field: 'email' }],
    ['PUT', '/users/profile', '{"email":""}', 'INVALID_EMAIL', { field: 'email' }],
    ['PUT', '/users/profile', '{"email":7}', 'INVALID_EMAIL', { field: 'email' }],
    ['PUT', '/users/profile', '{"email":"a b@c.de"}', 'INVALID_EMAIL', { field: 'email' }],
    ['PUT', '/users/profile', '{"email":"a@b@c.de"}', 'INVALID_EMAIL', { field: 'email' }],
    ['PUT', '/users/profile', `{"email":"${over255}@c.de"}`, 'INVALID_EMAIL', { field: 'email' }],
    [
      'PUT',
      '/users/profile',
      '{"profile":{"email":"@"}}',
      'INVALID_EMAIL',
      { field: 'profile.email' },
    ],
    ['POST', '/admin/admins', '{"email":"ada@localhost"}', 'INVALID_EMAIL', { field: 'email' }],
    ['PATCH', '/admin/users/u1', '{"email":"x"}', 'INVALID_EMAIL', { field: 'email' }],
    [
      'POST',
      '/admin/email/test',
      '{"recipientEmail":"x"}',
      'INVALID_EMAIL',
      { field: 'recipientEmail' },
    ],
    [
      'POST',
      '/tunnel-webhooks/t1/webhooks',
      '{"url":"http://169.254.169.254/"}',
      'INVALID_URL',
      { field: 'url' },
    ],
    ['PUT', '/proxy-webhooks/p1/webhooks/w1', '{"url":"hook"}', 'INVALID_URL', { field: 'url' }],
    ['PUT', '/proxy-webhooks/p1/webhooks/w1', '{"url":["x"]}', 'INVALID_URL', { field: 'url' }],
    [
      'POST',
      '/webhook-testing/test/send',
      '{"webhookUrl":"http://0x7f.1/"}',
      'INVALID_URL',
      { field: 'webhookUrl' },
    ],
    [
      'POST',
      '/webhook-testing/test/send',
      '{"callbackUrl":"ftp://example.com"}',
      'INVALID_URL',
      { field: 'callbackUrl' },
    ],
    ['POST', '/tunnels', '"Home"', 'VALIDATION_ERROR', { field: 'body' }],
    ['POST', '/tunnels', 'null', 'VALIDATION_ERROR', { field: 'body' }],
  ])('%s %s %s is %s', async (method, path, text, code, details) => {
    const { answer, arrived } = await sent(method, path, text)

    expect(answer.status).toBe(400)
    expect(answer.error).toMatchObject({ code, details })
    expect(answer.error.details?.reason).toMatch(/^must be /)
    expect(arrived).toEqual([])
  })

  it('names several faults at once, each with its own code, and quotes none of the values', async () => {
    const { answer } = await sent(
      'POST',
      '/tunnels',
      '{"config":{"timeout":"hunter2","compression":1}}',
    )

    expect(answer.error.code).toBe('VALIDATION_ERROR')
    expect(answer.error.details).toEqual({
      errors: [
        { code: 'MISSING_PARAMETER', field: 'name', reason: 'is required' },
        {
          code: 'INVALID_TUNNEL_CONFIG',
          field: 'config.timeout',
          reason: 'must be a number',
        },
        {
          code: 'INVALID_TUNNEL_CONFIG',
          field: 'config.compression',
          reason: 'must be true or false',
        },
      ],
    })
    expect(answer.text).not.toContain('hunter2')
  })

  it.each([
    ['POST', '/tunnels', 'name=Home', 200],
    ['POST', '/tunnels', 'config=x', 400],
    ['POST', '/tunnel-webhooks/t1/webhooks', 'url=http%3A%2F%2F10.0.0.1%2F', 400],
    ['POST', '/tunnel-webhooks/t1/webhooks', 'url=https://a.example&url=http://10.0.0.1', 400],
    ['POST', '/tunnel-webhooks/t1/webhooks', 'url=https://a.example', 200],
  ])('is asked of forms too: %s %s %s', async (method, path, text, status) => {
    const { answer } = await sent(method, path, text, {
      'Content-Type': 'application/x-www-form-urlencoded',
    })

    expect(answer.status).toBe(status)
  })
})

describe('ids and page numbers', () => {
  async function asked(path: string) {
    const { gateway, arrived, token } = await opened()
    return { answer: await gateway.ask(path, { token }), arrived }
  }

  it.each([
    '/tunnels?page=1&limit=50&offset=0',
    '/tunnels?limit=100000',
    '/tunnels?limit=&page=',
    '/tunnels?limit=%205%20',
    '/tunnels?search=abc&sort=-name&maxLimit=x',
    '/tunnels?userId=auth0%7Cada',
    '/tunnels/550e8400-e29b-41d4-a716-446655440000',
    '/admin/users/auth0%7Cabc%2Bx@example.com',
    '/tunnels/t%C3%BCr',
    `/tunnels/${'x'.repeat(255)}`,
    '/tunnels/nullable/undefinedness',
  ])('pass: %s', async (path) => {
    expect((await asked(path)).answer.status).toBe(200)
  })

  it.each([
    ['/tunnels?limit=ten', 'limit'],
    ['/tunnels?limit=-1', 'limit'],
    ['/tunnels?limit=1.5', 'limit'],
    ['/tunnels?limit=1e3', 'limit'],
    ['/tunnels?limit=5&limit=x', 'limit'],
    ['/tunnels?offset=-10', 'offset'],
    ['/tunnels?page=NaN', 'page'],
    ['/admin/users?page=0x10', 'page'],
    ['/tunnels?page=9999999999999', 'page'],
    ['/tunnels?userId=undefined', 'userId'],
    ['/tunnels?tunnel_id=null', 'tunnel_id'],
    ['/tunnels?id=%5Bobject%20Object%5D', 'id'],
    ['/tunnels/undefined', 'path'],
    ['/api/tunnels/null/metrics', 'path'],
    ['/tunnels/NaN', 'path'],
    ['/tunnels/:id', 'path'],
    ['/tunnels/%7Bid%7D', 'path'],
    ['/tunnels/a%20b', 'path'],
    ['/tunnels/%22x%22', 'path'],
    ['/tunnels/%3Cscript%3E', 'path'],
    [`/tunnels/${'x'.repeat(256)}`, 'path'],
    ['/users/%E2%80%8Bundefined%C2%85', 'path'],
    ['/bridge-polling/undefined/status', 'id'],
  ])('are INVALID_PARAMETER: %s', async (path, parameter) => {
    const { answer, arrived } = await asked(path)

    expect(answer.status).toBe(400)
    expect(answer.error).toMatchObject({ code: 'INVALID_PARAMETER', details: { parameter } })
    expect(arrived).toEqual([])
  })

  it('that are wrong together are named together', async () => {
    const { answer } = await asked('/tunnels/undefined?limit=x')

    expect(answer.error.code).toBe('VALIDATION_ERROR')
    expect(answer.error.details?.errors).toMatchObject([
      { code: 'INVALID_PARAMETER', field: 'path' },
      { code: 'INVALID_PARAMETER', field: 'limit' },
    ])
  })

  it('are nobody’s business on a row that does not say so', async () => {
    const gateway = await testGateway({
      settings: { ROUTES: '[{"path":"/words/:id","access":"public"}]' },
    })

    expect((await gateway.get('/words/null?limit=all')).status).toBe(200)
  })
})
