import { createRequire } from 'node:module'

/** OpenTelemetry's own code for its protocol's messages, generated from their definition. */
const { opentelemetry } = createRequire(import.meta.url)('otlp-proto/build/src/generated/root.js')
const ExportRequest = opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest

export interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: Value }[]
  readonly status?: { readonly code?: number; readonly message?: string }
}

interface Value {
  readonly stringValue?: string
  readonly intValue?: number | string
}

/** OTLP/JSON: ids are hexadecimal where the standard mapping has base64. */
const IDS: Readonly<Record<string, number>> = { traceId: 16, spanId: 8, parentSpanId: 8 }
const TIMES = ['startTimeUnixNano', 'endTimeUnixNano', 'timeUnixNano']
const ENUMS: Readonly<Record<string, number>> = { kind: 5, code: 2 }

/** What is wrong with a body that should be an `ExportTraceServiceRequest` as OTLP/HTTP has it in JSON, a phrase each. */
export function flawsOf(body: unknown): readonly string[] {
  const flaws = [...flawsIn(body), ...flawsOfSpans(body)]
  if (flaws.length > 0) return flaws
  const asDefined = withBase64Ids(body)
  try {
    const message = ExportRequest.fromObject(asDefined)
    ExportRequest.encode(message).finish()
    const known = ExportRequest.toObject(message, { longs: String, bytes: String })
    // What the definition does not know is lost on the way there and back.
    return differences('', tidied(asDefined), tidied(known))
  } catch (error) {
    return [`not the message: ${error}`]
  }
}

export function spansIn(body: unknown): readonly OtlpSpan[] {
  return listIn(body, 'resourceSpans')
    .flatMap((resource) => listIn(resource, 'scopeSpans'))
    .flatMap((scope) => listIn(scope, 'spans')) as OtlpSpan[]
}

export function attributesOf({ attributes }: Pick<OtlpSpan, 'attributes'>) {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? (value.intValue === undefined ? undefined : Number(value.intValue)),
    ]),
  )
}

function flawsIn(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => flawsIn(item, `${path}[${index}]`))
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => [
    ...(flawOf(name, member) ? [`${path}.${name}: ${flawOf(name, member)}`] : []),
    ...flawsIn(member, `${path}.${name}`),
  ])
}

function flawOf(name: string, value: unknown): string | undefined {
  const bytes = IDS[name]
  if (bytes !== undefined && !isId(value, bytes)) return `not ${bytes} bytes in hexadecimal`
  if (TIMES.includes(name) && !(typeof value === 'string' && /^\d{19}$/.test(value))) {
    return 'not nanoseconds as a decimal string'
  }
  const most = ENUMS[name]
  if (most !== undefined && !(Number.isInteger(value) && Number(value) <= most)) {
    return 'not the number of an enum'
  }
  return undefined
}

function isId(value: unknown, bytes: number): boolean {
  return (
    typeof value === 'string' &&
    value.length === bytes * 2 &&
    /^[0-9a-fA-F]+$/.test(value) &&
    !/^0+$/.test(value)
  )
}

function flawsOfSpans(body: unknown): readonly string[] {
  const spans = spansIn(body)
  if (spans.length === 0) return ['no spans']
  return spans.flatMap(
    ({ traceId, spanId, name, kind, startTimeUnixNano: from, endTimeUnixNano: to, attributes }) => [
      ...(traceId && spanId ? [] : ['a span without its ids']),
      ...(name ? [] : ['a span without a name']),
      ...(kind > 0 ? [] : [`${name}: unspecified kind`]),
      ...(BigInt(from ?? 0) <= BigInt(to ?? -1) ? [] : [`${name}: ends before it begins`]),
      ...(new Set(attributes?.map(({ key }) => key)).size === (attributes?.length ?? 0)
        ? []
        : [`${name}: an attribute twice`]),
    ],
  )
}

function withBase64Ids(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBase64Ids)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name in IDS ? Buffer.from(String(member), 'hex').toString('base64') : withBase64Ids(member),
    ]),
  )
}

/** Without empty lists, which the wire does not know, and with every number as text: 64 bits may be either. */
function tidied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidied)
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => !(Array.isArray(member) && member.length === 0))
      .map(([name, member]) => [name, tidied(member)]),
  )
}

function differences(path: string, sent: unknown, known: unknown): readonly string[] {
  if (typeof sent !== 'object' || sent === null) {
    return sent === known ? [] : [`${path}: not of its kind`]
  }
  const other = typeof known === 'object' && known !== null ? known : {}
  return Object.entries(sent).flatMap(([name, member]) =>
    Object.hasOwn(other, name)
      ? differences(`${path}.${name}`, member, (other as Record<string, unknown>)[name])
      : [`${path}.${name}: no such field`],
  )
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const list =
    typeof value === 'object' && value !== null && (value as Record<string, unknown>)[name]
  return Array.isArray(list) ? list : []
}
