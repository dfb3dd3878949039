import * as v from 'valibot'
import type { Collector } from '../policy/collector.ts'

/** RFC 9110: a field's name, and what may stand in its value. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/
const VALUE = /^[\x20-\x7e]+$/

/** As OpenTelemetry writes them: `name=value` with commas between, the values percent-encoded. */
export const collectorHeaders = v.pipe(
  v.string(),
  v.transform(fieldsFrom),
  v.check(
    (fields) => fields.every(([name, value]) => NAME.test(name) && VALUE.test(value)),
    'must list headers as name=value, with commas between them and values percent-encoded',
  ),
  v.transform((fields) => Object.fromEntries(fields)),
)

function fieldsFrom(text: string): readonly (readonly [name: string, value: string])[] {
  return text.split(',').map((member) => {
    const [name = '', ...value] = member.split('=')
    return [name.trim(), decoded(value.join('=').trim())]
  })
}

/** Nothing where it is no percent-encoding. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

type Given = Readonly<Record<string, string | undefined>>

export function collectorProblems(given: Given): readonly string[] {
  return given.OTEL_EXPORTER_OTLP_HEADERS && !given.OTEL_EXPORTER_OTLP_ENDPOINT
    ? ['OTEL_EXPORTER_OTLP_ENDPOINT is required beside OTEL_EXPORTER_OTLP_HEADERS']
    : []
}

/** The endpoint is the base of all signals: OpenTelemetry's exporters add the path of this one. */
export function collectorFrom(
  endpoint: string | undefined,
  headers: Collector['headers'] = {},
): Collector | undefined {
  return endpoint ? { url: `${endpoint.replace(/\/$/, '')}/v1/traces`, headers } : undefined
}
