import { describe, expect, it } from 'vitest'
import { configFrom } from '../../src/config.ts'

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT'
const HEADERS = 'OTEL_EXPORTER_OTLP_HEADERS'

function read(settings: Readonly<Record<string, string>>) {
  return configFrom({
    UPSTREAM_URL: 'https://api.example.com',
    UPSTASH_REDIS_REST_URL: 'https://store.example.com',
    UPSTASH_REDIS_REST_TOKEN: 'very-secret',
    JWT_ISSUER: 'https://issuer.example.com/',
    JWT_AUDIENCE: 'https://api.example.com',
    ...settings,
  })
}

function collectorOf(settings: Readonly<Record<string, string>>) {
  const outcome = read(settings)
  if (!outcome.valid) throw new Error(outcome.problems.join('\n'))
  return outcome.config.collector
}

describe('the collector of traces', () => {
  it('is none where no endpoint is set', () => {
    expect(collectorOf({})).toBeUndefined()
  })

  // https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp
  it.each([
    ['https://collector.example.com', 'https://collector.example.com/v1/traces'],
    ['https://collector.example.com/', 'https://collector.example.com/v1/traces'],
    ['https://collector.example.com/otlp', 'https://collector.example.com/otlp/v1/traces'],
    ['http://localhost:4318', 'http://localhost:4318/v1/traces'],
  ])('of %s is told at %s', (endpoint, url) => {
    expect(collectorOf({ [ENDPOINT]: endpoint })).toEqual({ url, headers: {} })
  })

  it.each([
    ['x-key=abc', { 'x-key': 'abc' }],
    [' x-key = abc , other=1', { 'x-key': 'abc', other: '1' }],
    ['Authorization=Basic%20dXNlcjpwYXNz', { Authorization: 'Basic dXNlcjpwYXNz' }],
    ['authorization=Basic dXNlcjpwYXNzd28=', { authorization: 'Basic dXNlcjpwYXNzd28=' }],
  ])('gets the headers of %j', (text, headers) => {
    const settings = { [ENDPOINT]: 'https://collector.example.com', [HEADERS]: text }

    expect(collectorOf(settings)?.headers).toEqual(headers)
  })

  const url = 'must be an http(s) URL without credentials, query or fragment'
  const headers =
    'must list headers as name=value, with commas between them and values percent-encoded'

  it.each([
    [ENDPOINT, 'collector:4318', url],
    [ENDPOINT, 'https://user:hunter2@collector.example.com', url],
    [ENDPOINT, 'https://collector.example.com?key=hunter2', url],
    [
      ENDPOINT,
      'http://collector.example.com:4318',
      'must be https; plain http is for loopback addresses only',
    ],
    [HEADERS, 'hunter2', headers],
    [HEADERS, 'x key=hunter2', headers],
    [HEADERS, 'x-key=hunter2,', headers],
    [HEADERS, 'x-key=', headers],
    [HEADERS, 'x-key=hunter2%', headers],
    [HEADERS, 'x-key=hunter2%0D%0Ax-other:%201', headers],
  ])('is refused for %s=%s, in words without the value', (name, value, words) => {
    const outcome = read({ [ENDPOINT]: 'https://collector.example.com', [name]: value })

    expect(outcome).toEqual({ valid: false, problems: [`${name}: ${words}`] })
  })

  it('is missed where there are headers for it', () => {
    expect(read({ [HEADERS]: 'x-key=hunter2' })).toEqual({
      valid: false,
      problems: [`${ENDPOINT} is required beside ${HEADERS}`],
    })
  })
})
