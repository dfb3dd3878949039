import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { Span } from '../watch/spans.ts'

type ReadableSpan = Parameters<typeof JsonTraceSerializer.serializeRequest>[0][number]
type HrTime = ReadableSpan['startTime']

/** Who tells. */
export interface Teller {
  readonly environment: string
  /** Of the isolate. */
  readonly instance: string
}

/** As `SpanKind` of OpenTelemetry's API numbers them. */
const KINDS = { internal: 0, server: 1, client: 2 } as const
/** As its `SpanStatusCode` does. */
const [UNSET, ERROR] = [0, 2]

const NAME = 'cloudtolocalllm-gateway'
const SCOPE = { name: NAME }
const NOTHING: never[] = []

/** A batch as OTLP/HTTP's JSON has it, by OpenTelemetry's own serializer. */
export function otlpJson({ environment, instance }: Teller) {
  // Of a resource the serializer reads the attributes alone.
  const resource: ReadableSpan['resource'] = {
    attributes: {
      'service.name': NAME,
      'service.instance.id': instance,
      'deployment.environment.name': environment,
    },
    merge: () => resource,
    getRawAttributes: () => [],
  }
  return (spans: readonly Span[]): Uint8Array => {
    const readable = spans.map((span) => readableFrom(span, resource))
    return JsonTraceSerializer.serializeRequest(readable) ?? new Uint8Array()
  }
}

function readableFrom(span: Span, resource: ReadableSpan['resource']): ReadableSpan {
  const { name, kind, traceId, spanId, parentId, flags, remote = false, since, ms, failed } = span
  const context = { traceId, traceFlags: flags }
  return {
    name,
    kind: KINDS[kind],
    spanContext: () => ({ ...context, spanId }),
    ...(parentId && { parentSpanContext: { ...context, spanId: parentId, isRemote: remote } }),
    startTime: hrTimeFrom(since),
    endTime: hrTimeFrom(since + ms),
    duration: hrTimeFrom(ms),
    ended: true,
    status: { code: failed ? ERROR : UNSET },
    attributes: definedIn(span.attributes),
    events: NOTHING,
    links: NOTHING,
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

/** Seconds and nanoseconds. */
function hrTimeFrom(milliseconds: number): HrTime {
  return [Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1_000_000]
}

function definedIn(attributes: Span['attributes']): ReadableSpan['attributes'] {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))
}
