/** Stands in the bundle for OpenTelemetry's API, to which its serializer would complain of an answer that is no JSON. */
export const diag = { warn: () => undefined }

// Imported by what is not in the bundle: the serializer's package has its metrics and logs in one entry.
export const baggageEntryMetadataFromString = undefined
export const context = undefined
export const createContextKey = undefined
export const createNoopMeter = undefined
export const DiagLogLevel = undefined
export const isSpanContextValid = undefined
export const propagation = undefined
export const SeverityNumber = undefined
export const trace = undefined
export const TraceFlags = undefined
export const ValueType = undefined
