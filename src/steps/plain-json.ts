const MAX_DEPTH = 8
const MAX_LENGTH = 8 * 1024

export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Parsed JSON small enough to relay: depth is judged first, since serializing recurses. */
export function isModest(value: JsonObject): boolean {
  return isShallow(value, MAX_DEPTH) && JSON.stringify(value).length <= MAX_LENGTH
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every((child) => isShallow(child, depth - 1))
}
