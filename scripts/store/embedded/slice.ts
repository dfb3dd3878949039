/** Both ends included; negative ones count from the end. */
export function sliceOf<T>(elements: readonly T[], from: number, to: number): T[] {
  const start = Math.max(0, from < 0 ? elements.length + from : from)
  const end = to < 0 ? elements.length + to : to
  return elements.slice(start, Math.max(start, end + 1))
}
