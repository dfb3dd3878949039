import { allow, type Decision, deny } from '../contract/decision.ts'
import { type BodyRule, MOST_JUDGED_BYTES } from '../policy/bodies/body-rule.ts'
import { type FaultCode, faultsIn } from '../policy/bodies/faults.ts'
import { jsonFrom } from '../policy/bodies/json-text.ts'
import { SCHEMAS } from '../policy/bodies/schemas.ts'
import type { Content } from './content.ts'
import { gather } from './gather.ts'
import { verdictOn } from './refusal.ts'

export type JudgedCode = FaultCode | 'INVALID_JSON'

/** Whether a body, whole and as it came, is what its route asks for. */
export async function judgeBody(
  bytes: Uint8Array<ArrayBuffer>,
  { type, encoding }: Content,
  rule: BodyRule,
): Promise<Decision<void, JudgedCode>> {
  const plain = encoding === 'identity' ? bytes : await inflated(bytes, encoding)
  if (plain === 'broken') {
    return deny('VALIDATION_ERROR', { reason: `The body is not ${encoding}, as its header says` })
  }
  if (plain === 'longer') return allow()

  const value = type === 'json' ? jsonOf(plain) : allow(formOf(plain))
  if (!value.allowed) return value
  return rule === 'json' ? allow() : verdictOn(faultsIn(value.value, SCHEMAS[rule]))
}

/** Small bodies inflate to gigabytes: no more of it is looked at than of a body that came plain. */
async function inflated(bytes: Uint8Array<ArrayBuffer>, encoding: 'gzip' | 'deflate') {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(encoding))
  const gathered = await gather(stream, MOST_JUDGED_BYTES)
  if (gathered.kind === 'whole') return gathered.bytes
  if (gathered.kind !== 'longer') return 'broken'
  stream.cancel().catch(() => undefined)
  return 'longer'
}

function jsonOf(bytes: Uint8Array): Decision<unknown, 'INVALID_JSON'> {
  // The upstream takes nothing for an object without fields.
  if (bytes.byteLength === 0) return allow({})
  const outcome = jsonFrom(bytes)
  return outcome.valid ? allow(outcome.value) : deny('INVALID_JSON', { ...outcome.fault })
}

/** A name that comes twice is a list to the upstream. */
function formOf(bytes: Uint8Array): unknown {
  const fields = new URLSearchParams(new TextDecoder().decode(bytes))
  const names = [...new Set(fields.keys())]
  return Object.fromEntries(
    names.map((name) => {
      const given = fields.getAll(name)
      return [name, given.length === 1 ? given[0] : given]
    }),
  )
}
