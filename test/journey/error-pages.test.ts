import { describe, expect, it } from 'vitest'
import catalogue from '../contract/catalogue.json' with { type: 'json' }
import { testGateway } from '../support/gateway.ts'

const SUPPORT = 'support@cloudtolocalllm.online'

async function page(path: string, accept = 'text/html') {
  const gateway = await testGateway()
  return gateway.get(path, { headers: { Accept: accept } })
}

describe('/_gateway/errors', () => {
  it('is a page that links to the page of each code', async () => {
    const { status, headers, text } = await page('/_gateway/errors')
    const links = [...text.matchAll(/<a href="\/_gateway\/errors\/([A-Z_]+)">/g)]

    expect(status).toBe(200)
    expect(headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(links.map(([, code]) => code).sort()).toEqual(catalogue.map(({ code }) => code).sort())
    expect(text).toContain(`mailto:${SUPPORT}`)
  })

  it('is the same for programs', async () => {
    const { status, headers, text } = await page('/_gateway/errors', 'application/json')
    const { codes, support } = JSON.parse(text)

    expect(status).toBe(200)
    expect(headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(codes.map(({ code }: { code: string }) => code).sort()).toEqual(
      catalogue.map(({ code }) => code).sort(),
    )
    expect(support).toBe(SUPPORT)
  })

  it('is public, and counted against its address', async () => {
    const gateway = await testGateway({ settings: { LIMITS: '{"ip":{"minute":1}}' } })

    const first = await gateway.get('/_gateway/errors', { token: 'no token at all' })
    const second = await gateway.get('/_gateway/errors/MISSING_TOKEN')

    expect(first.status).toBe(200)
    expect(first.headers.get('X-RateLimit-Remaining')).toBe('0')
    expect(second.error.code).toBe('RATE_LIMIT_EXCEEDED_IP')
  })

  it('is where an error answer links to, and its problem type', async () => {
    const gateway = await testGateway()
    const { headers, text } = await gateway.get('/tunnels', {
      headers: { Accept: 'application/problem+json' },
    })
    const [, link = ''] = /^<(\S+)>; rel="help"$/.exec(headers.get('Link') ?? '') ?? []

    const { status, text: page } = await gateway.get(link)

    expect(new URL(link, 'https://gateway.test').href).toBe(JSON.parse(text).type)
    expect(status).toBe(200)
    expect(page).toContain('MISSING_TOKEN')
  })

  it('is found with a slash at its end, and by HEAD', async () => {
    const gateway = await testGateway()

    const answers = [
      await gateway.get('/_gateway/errors/'),
      await gateway.get('/_gateway/errors/MISSING_TOKEN/'),
      await gateway.ask('/_gateway/errors', { method: 'HEAD' }),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(answers[2]?.text).toBe('')
  })
})

describe('the form of a page', () => {
  it.each([
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html; charset=utf-8'],
    ['*/*', 'text/html; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
    ['application/json, text/plain, */*', 'application/json; charset=utf-8'],
    ['text/html;q=0.5, application/json;q=0.6', 'application/json; charset=utf-8'],
    ['text/html;q=0.6, application/json;q=0.5', 'text/html; charset=utf-8'],
  ])('is what the Accept "%s" asks for, and caches are told', async (accept, type) => {
    const answers = [
      await page('/_gateway/errors', accept),
      await page('/_gateway/errors/MISSING_TOKEN', accept),
    ]

    expect(answers.map(({ headers }) => headers.get('Content-Type'))).toEqual([type, type])
    expect(answers.map(({ headers }) => headers.get('Vary'))).toEqual(
      Array(2).fill('Accept, Origin'),
    )
  })
})

describe.each(catalogue)('/_gateway/errors/$code', (row) => {
  const path = `/_gateway/errors/${row.code}`
  const suggestion = row.exampleSuggestion ?? row.suggestion

  it('tells people what the contract says', async () => {
    const { status, text } = await page(path)
    const read = text.replace(/&#39;/g, "'").replace(/<wbr>/g, '')

    expect(status).toBe(200)
    expect(read).toContain(`<h1>${row.code} <span class="status s${row.statusCode}">`)
    expect(read).toContain(`<dd>${row.message}</dd>`)
    expect(read).toContain(`${row.description}.</p>`)
    expect(read).toContain(`<dd>${suggestion}</dd>`)
    expect(read).toContain(`mailto:${SUPPORT}`)
  })

  it('tells programs the same, with an example of the contract’s form', async () => {
    const { text } = await page(path, 'application/json')
    const { example, ...told } = JSON.parse(text)

    expect(told).toMatchObject({
      code: row.code,
      status: row.statusCode,
      category: row.category,
      message: row.message,
      meaning: row.description,
      suggestion,
      support: SUPPORT,
    })
    expect(told.repeat.answer).toMatch(REPEAT[row.statusCode] ?? /^$/)
    expect(example.status).toBe(row.statusCode)
    expect(example.headers.Link).toBe(`<${path}>; rel="help"`)
    expect(example.body.error).toMatchObject({
      code: row.code,
      message: row.message,
      category: row.category,
      statusCode: row.statusCode,
      suggestion,
    })
  })
})

/** The contract's retry strategy. */
const REPEAT: Readonly<Record<number, RegExp>> = {
  400: /^no$/,
  401: /^no$/,
  403: /^no$/,
  404: /^no$/,
  429: /^yes$/,
  500: /^(caution|no)$/,
  503: /^yes$/,
}

describe('a page', () => {
  it.each(['/_gateway/errors', '/_gateway/errors/INVALID_URL'])(
    'loads nothing from elsewhere and runs nothing that stands in it: %s',
    async (path) => {
      const { headers, text } = await page(path)
      const loaded = [...text.matchAll(/<(?:script|link|img)[^>]*(?:src|href)="([^"]*)"/g)]

      expect(headers.get('Content-Security-Policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      )
      expect(loaded.length).toBeGreaterThanOrEqual(3)
      expect(loaded.map(([, address]) => address)).toEqual(
        loaded.map(() => expect.stringMatching(/^\/_gateway\/assets\/[\w.-]+$/)),
      )
      expect(text).not.toMatch(/ style=| on\w+=|<style|<script(?![^>]* src=)/)
    },
  )

  it.each([
    'missing_token',
    'UNKNOWN',
    'toString',
    '__proto__',
    'MISSING_TOKEN.html',
    '%3Cscript%3E',
  ])('of no code of the contract is NOT_FOUND: %s', async (code) => {
    const { status, headers, error } = await page(`/_gateway/errors/${code}`)

    expect(status).toBe(404)
    expect(error.code).toBe('NOT_FOUND')
    expect(headers.get('Content-Type')).toBe('application/json; charset=utf-8')
  })
})

describe('what the tables know of a code', () => {
  async function told(code: string) {
    const { text } = await page(`/_gateway/errors/${code}`, 'application/json')
    return JSON.parse(text)
  }

  it.each([
    ['TIER_FEATURE_UNAVAILABLE', ['402']],
    ['AUTH_REQUIRED', ['401']],
    ['INSUFFICIENT_PERMISSIONS', ['403', '451']],
    ['NOT_FOUND', ['404', '410']],
    ['RATE_LIMIT_EXCEEDED', ['429']],
    ['INTERNAL_ERROR', ['500']],
    ['SERVICE_UNAVAILABLE', ['425', '503', '521', '523', '525–526', '530']],
    ['EXTERNAL_SERVICE_UNAVAILABLE', ['408', '502', '504', '520', '522', '524', '527', '600–999']],
    ['MISSING_TOKEN', []],
  ])('%s: the upstream’s statuses', async (code, statuses) => {
    expect((await told(code)).upstream.statuses).toEqual(statuses)
  })

  it('the upstream’s codes', async () => {
    expect((await told('TIER_FEATURE_UNAVAILABLE')).upstream.codes).toEqual([
      'FEATURE_UNAVAILABLE',
      'TIER_INSUFFICIENT',
      'DIRECT_PROXY_FORBIDDEN',
    ])
  })

  it('the limits', async () => {
    expect((await told('RATE_LIMIT_EXCEEDED_IP')).limits).toEqual([
      { who: 'an address', requests: 1_000, windowSeconds: 60 },
      { who: 'an address', requests: 50_000, windowSeconds: 3_600 },
    ])
    expect((await told('QUOTA_EXCEEDED')).limits).toEqual([
      { who: 'a user, tier free', requests: 10_000, windowSeconds: 2_592_000 },
      { who: 'a user, tier premium', requests: 1_000_000, windowSeconds: 2_592_000 },
    ])
  })

  it.each([
    ['MISSING_PARAMETER', [{ methods: ['POST'], path: '/tunnels' }]],
    ['MISSING_SESSION_ID', [{ path: '/auth/session/revoke' }]],
    ['MISSING_REFRESH_TOKEN', [{ methods: ['POST'], path: '/auth/token/refresh' }]],
    ['HTTPS_REQUIRED', []],
  ])('%s: the routes', async (code, routes) => {
    expect((await told(code)).routes).toEqual(routes)
  })
})
