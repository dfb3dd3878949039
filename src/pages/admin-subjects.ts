import { allow, type Decision, deny } from '../contract/decision.ts'
import type { Exchange } from '../exchange.ts'
import { changeFrom } from '../policy/subject-change.ts'
import { subjectFrom } from '../policy/subject-name.ts'
import type { SubjectChange, SubjectRecord } from '../policy/subject-record.ts'
import { windowIdsOf } from '../policy/subject-windows.ts'
import type { Ports } from '../ports.ts'
import { type JsonBodyCode, jsonBodyOf } from './json-body.ts'
import { answer, type Visit } from './page.ts'
import { changeInWords, documentOf } from './subject-document.ts'

const MAX_BODY_BYTES = 16_384

type RecordCode = 'INVALID_PARAMETER' | 'CACHE_UNAVAILABLE'

type RecordPorts = Pick<Ports, 'records' | 'now'>

/** A subject that never came has a record too, an empty one: whoever wants to block it looks at it first. */
export async function readSubject(
  { exchange }: Visit,
  { records, now }: RecordPorts,
): Promise<Decision<Response, RecordCode>> {
  const subject = subjectOf(exchange)
  if (!subject.allowed) return subject
  return told(subject.value, await records.read(subject.value), now())
}

export async function changeSubject(
  { request, exchange, limits }: Visit,
  { records, now }: RecordPorts,
): Promise<Decision<Response, RecordCode | JsonBodyCode>> {
  const subject = subjectOf(exchange)
  if (!subject.allowed) return subject
  const body = await jsonBodyOf(request, MAX_BODY_BYTES)
  if (!body.allowed) return body

  const windowIds = windowIdsOf(subject.value, limits)
  const occasion = { subject: subject.value, windowIds, now: now() }
  const parsed = await changeFrom(body.value.value, body.value.repeated, occasion)
  if (!parsed.valid) return deny('VALIDATION_ERROR', { problems: parsed.problems })

  const { change } = parsed
  const by = operatorOf(exchange)
  if (shutsOut(change, subject.value, [by, `ip:${exchange.address}`])) {
    return deny('VALIDATION_ERROR', { problems: ['the block would shut you out yourself'] })
  }
  const entry = {
    time: occasion.now,
    by,
    correlationId: exchange.correlationId,
    subject: subject.value,
    change: changeInWords(change),
  }
  return told(subject.value, await records.change(change, entry), occasion.now)
}

function told(subject: string, record: SubjectRecord | undefined, now: number) {
  return record ? allow(answer(documentOf(subject, record, now))) : deny('CACHE_UNAVAILABLE')
}

function subjectOf({ url }: Exchange): Decision<string, 'INVALID_PARAMETER'> {
  const [, , , , segment = ''] = url.pathname.split('/')
  const subject = subjectFrom(decodeURIComponent(segment))
  if (subject !== undefined) return allow(subject)
  const reason = 'Name it ip:ADDRESS, key:SHA-256 or user:ISSUER|SUB, or the base64url of that'
  return deny('INVALID_PARAMETER', { parameter: 'subject', reason })
}

/** Nobody could undo it: the block would refuse the undoing. */
function shutsOut({ blockedUntil }: SubjectChange, subject: string, own: readonly string[]) {
  return typeof blockedUntil === 'number' && own.includes(subject)
}

function operatorOf({ caller }: Exchange): string {
  if (caller?.kind !== 'user') throw new TypeError('This page needs a verified token')
  const { issuer, subject } = caller.principal
  return `user:${issuer}|${subject}`
}
