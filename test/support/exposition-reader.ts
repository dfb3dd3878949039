/** A family of metrics as a reader of an exposition understands it. */
export interface ReadFamily {
  readonly name: string
  readonly type: string
  readonly unit?: string
  readonly help?: string
  readonly samples: readonly ReadSample[]
}

export interface ReadSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  histogram: ['_bucket', '_sum', '_count', '_created'],
}

/**
 * Reads OpenMetrics 1.0 by its ABNF, and throws at whatever it does not allow: a strict subset, without timestamps and
 * exemplars, of which the gateway has none.
 */
export function readOpenMetrics(text: string): readonly ReadFamily[] {
  if (!text.endsWith('\n# EOF\n')) throw new Error('it does not end with # EOF')
  const families = readFamilies(text.slice(0, -'# EOF\n'.length))
  for (const { name, type, unit, samples } of families) {
    if (unit !== undefined && !name.endsWith(`_${unit}`)) throw new Error(`${name} has no unit`)
    for (const { name: sample } of samples) {
      const suffixes = SUFFIXES[type] ?? ['']
      if (!suffixes.some((suffix) => sample === `${name}${suffix}`)) {
        throw new Error(`${sample} is no sample of the ${type} ${name}`)
      }
    }
  }
  return families
}

/** Reads the text format 0.0.4 of Prometheus, where a counter is called as its samples are. */
export function readPrometheus(text: string): readonly ReadFamily[] {
  const families = readFamilies(text)
  for (const { name, type, unit, samples } of families) {
    if (unit !== undefined) throw new Error(`${name} has a UNIT, which the format does not know`)
    for (const { name: sample } of samples) {
      const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
      if (!suffixes.some((suffix) => sample === `${name}${suffix}`)) {
        throw new Error(`${sample} is no sample of the ${type} ${name}`)
      }
    }
  }
  return families
}

function readFamilies(text: string): readonly ReadFamily[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const families = new Map<string, { -readonly [K in keyof ReadFamily]: ReadFamily[K] }>()
  let current = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const meta = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line)
    if (meta) {
      const [, keyword = '', name = '', value = ''] = meta
      if (name !== current && families.has(name)) throw new Error(`${name} is interleaved`)
      const family = families.get(name) ?? { name, type: '', samples: [] }
      const key = keyword.toLowerCase() as 'type' | 'unit' | 'help'
      if (family[key]) throw new Error(`${name} has two ${keyword}`)
      if (family.samples.length > 0) throw new Error(`${keyword} of ${name} comes after a sample`)
      families.set(name, { ...family, [key]: value })
      current = name
      continue
    }
    const family = families.get(current)
    if (!family) throw new Error(`a sample of no family: ${line}`)
    family.samples = [...family.samples, readSample(line)]
  }
  for (const family of families.values()) {
    checkSets(family)
    if (family.type === 'histogram') checkBuckets(family)
  }
  return [...families.values()]
}

function readSample(line: string): ReadSample {
  const parts = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s.exec(line)
  if (!parts) throw new Error(`not a sample: ${line}`)
  const [, name = '', inBraces, number = ''] = parts
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(number)) {
    throw new Error(`not a number: ${number}`)
  }
  return { name, labels: inBraces === undefined ? {} : readLabels(inBraces), value: Number(number) }
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  const label = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y
  for (let at = 0; at < text.length; at = label.lastIndex) {
    label.lastIndex = at
    const found = label.exec(text)
    if (!found) throw new Error(`not labels: ${text}`)
    const [, name = '', value = ''] = found
    if (name in labels) throw new Error(`${name} is there twice: ${text}`)
    labels[name] = value.replace(/\\(.)/g, (_, sign) => (sign === 'n' ? '\n' : sign))
  }
  return labels
}

/** Each set of labels stands there once. */
function checkSets({ name, samples }: ReadFamily): void {
  const sets = samples.map((sample) =>
    JSON.stringify([sample.name, Object.entries(sample.labels).sort()]),
  )
  if (new Set(sets).size < sets.length) throw new Error(`${name} has a sample twice`)
}

/** Buckets rise, in their bounds and in their counts, to `+Inf`, which is the count. */
function checkBuckets({ name, samples }: ReadFamily): void {
  const bySet = Map.groupBy(samples, ({ labels: { le, ...rest } }) => JSON.stringify(rest))
  for (const set of bySet.values()) {
    const buckets = set.filter((sample) => sample.name === `${name}_bucket`)
    const bounds = buckets.map(({ labels: { le = '' } }) => (le === '+Inf' ? Infinity : Number(le)))
    const counts = buckets.map(({ value }) => value)
    const [count] = set.filter((sample) => sample.name === `${name}_count`)
    const rises = (values: readonly number[]) =>
      values.every((value, i) => !(value < (values[i - 1] ?? 0)))
    const isSound =
      bounds.at(-1) === Infinity &&
      new Set(bounds).size === bounds.length &&
      rises(bounds) &&
      rises(counts) &&
      count?.value === counts.at(-1) &&
      set.some((sample) => sample.name === `${name}_sum`)
    if (!isSound) throw new Error(`the buckets of ${name} are wrong`)
  }
}
