import type { Detail } from './details.ts'
import type { LimitBehind } from './limits-behind.ts'
import type { CodeReference } from './reference.ts'
import type { RouteBehind } from './routes-behind.ts'

/** What the tables know about how a code comes about, a line each: a label and a text of the reference's kind. */
export function tableLines({ upstream, limits }: CodeReference): [label: string, text: string][] {
  const { statuses, codes, shapes } = upstream
  return [
    line('Statuses of the upstream, where its body decides nothing', statuses),
    line('Codes of the upstream', codes.map(code)),
    line('What its codes may look like', shapes.map(code)),
    line('Limits, where no setting changes them', limits.map(limitText)),
  ].flat()
}

function line(label: string, texts: readonly string[]): [string, string][] {
  return texts.length > 0 ? [[label, texts.join('; ')]] : []
}

export function routeText({ path, methods }: RouteBehind): string {
  return code(methods ? `${methods.join(', ')} ${path}` : path)
}

export function detailText({ name, kind, says }: Detail): string {
  return `${code(name)} (${KINDS[kind]}): ${says}`
}

const KINDS: Readonly<Record<Detail['kind'], string>> = {
  number: 'number',
  string: 'text',
  strings: 'list of texts',
  object: 'object',
  objects: 'list of objects',
}

function limitText({ who, requests, windowSeconds }: LimitBehind): string {
  const many = requests.toLocaleString('en')
  return windowSeconds === undefined
    ? `${who}: ${many} at once`
    : `${who}: ${many} in ${spanText(windowSeconds)}`
}

const SPANS = [
  [86_400, 'days'],
  [3_600, 'hours'],
  [60, 'minutes'],
] as const

function spanText(seconds: number): string {
  const [length, unit] = SPANS.find(([each]) => seconds % each === 0) ?? [1, 'seconds']
  const count = seconds / length
  return count === 1 ? `a${unit === 'hours' ? 'n' : ''} ${unit.slice(0, -1)}` : `${count} ${unit}`
}

function code(text: string): string {
  return `\`${text}\``
}
