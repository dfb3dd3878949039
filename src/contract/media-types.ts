/**
 * The media type that an `Accept` asks for most, as RFC 9110, section 12.5.1 has it: the range that names a type best
 * has the say over its weight. Of those asked for alike the one named more exactly, then the first.
 */
export function preferred<T extends string>(
  accept: string | null,
  offered: readonly [T, ...T[]],
): T {
  const ranges = rangesOf(accept ?? '*/*')
  const ranks = offered.map((type) => rankOf(type, ranges))
  return offered[ranks.indexOf(Math.max(...ranks))] ?? offered[0]
}

interface Range {
  readonly name: string
  readonly weight: number
}

function rangesOf(accept: string): readonly Range[] {
  // What is quoted may hold commas, and concerns no weight.
  return accept
    .toLowerCase()
    .replaceAll(/"[^"]*"/g, '')
    .split(',')
    .map((range) => {
      const [name = '', ...parameters] = range.split(';').map((part) => part.trim())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
      return { name, weight: Number(weight ?? 1) || 0 }
    })
}

/** Weights have three decimals; how exactly the type was named decides between equal ones. 0: not wanted. */
function rankOf(type: string, ranges: readonly Range[]): number {
  const ways = [type, type.replace(/\/.*/, '/*'), '*/*']
  const matches = ways.map((way) => ranges.find(({ name }) => name === way))
  const range = matches.find(Boolean)
  return range?.weight ? range.weight - matches.indexOf(range) / 10_000 : 0
}
