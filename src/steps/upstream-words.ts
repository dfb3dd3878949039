import { type ErrorCode, isErrorCode } from '../contract/catalogue.ts'
import { codeNamed } from '../policy/upstream-codes.ts'
import { isJsonObject, type JsonObject } from './plain-json.ts'

/** What an upstream's error body says, of whatever shape it is; nothing of it is trusted yet. */
export interface Words {
  /** What looks like a code, the likeliest place first. */
  readonly codes: readonly string[]
  /** The sentence meant for a reader. */
  readonly message: string | undefined
  /** Everything said in prose: to be searched, never to be relayed. */
  readonly prose: string
  readonly retryAfter: unknown
  readonly dependencies: unknown
  readonly envelope: UpstreamEnvelope | undefined
}

/** Present where the upstream speaks the contract itself. */
export interface UpstreamEnvelope {
  readonly code: ErrorCode
  readonly suggestion: unknown
  readonly details: unknown
}

const CODE = /^[A-Z][A-Z0-9_]{1,63}$/
const TAG = /<[a-z!/]/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells bytes from a sentence.
const CONTROL = /[\x00-\x08\x0e-\x1f]/

export function wordsFrom(text: string, contentType: string | null): Words {
  const json = parse(text)
  if (isJsonObject(json)) return wordsOfObject(json)
  const sentence = json === undefined ? sentenceFrom(text, contentType) : json
  return { ...SILENCE, message: isText(sentence) ? sentence : undefined, prose: text }
}

const SILENCE: Words = {
  codes: [],
  message: undefined,
  prose: '',
  retryAfter: undefined,
  dependencies: undefined,
  envelope: undefined,
}

/** The content type is not asked: error pages are mislabelled as often as not. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function sentenceFrom(text: string, contentType: string | null): string | undefined {
  const readable = /^\s*(text\/|application\/json)/i.test(contentType ?? '')
  return readable && !TAG.test(text) && !isBinary(text) ? text : undefined
}

/** Bytes that were no text, such as those of an encoding that nobody here can undo. */
function isBinary(text: string): boolean {
  return text.includes('\ufffd') && CONTROL.test(text)
}

function wordsOfObject(body: JsonObject): Words {
  const { error } = body
  const inner: JsonObject = isJsonObject(error) ? error : {}
  const places = [body, inner, body.details, inner.details].filter(isJsonObject)
  const texts = [inner.message, body.message, body.detail, error, body.title].filter(isText)
  const codes = [inner.code, body.code, errorAsCode(error)].filter(isCode)
  return {
    codes,
    message: texts.find((text) => !codes.includes(text)),
    prose: [...texts, inner.details, body.details, body.stack].filter(isText).join('\n'),
    retryAfter: firstOf(places, 'retryAfter'),
    dependencies: firstOf(places, 'dependencies'),
    envelope: envelopeFrom(inner),
  }
}

/** A single shouted word in `error` is as likely prose as a code, unless it is a known one. */
function errorAsCode(error: unknown): unknown {
  return isCode(error) && (error.includes('_') || codeNamed(error)) ? error : undefined
}

function envelopeFrom(inner: JsonObject): UpstreamEnvelope | undefined {
  const { code, message, category, suggestion, details } = inner
  const ours = isText(category) || isText(suggestion) || isJsonObject(details)
  return isErrorCode(code) && isText(message) && ours ? { code, suggestion, details } : undefined
}

function firstOf(places: readonly JsonObject[], name: string): unknown {
  return places.find((place) => place[name] !== undefined)?.[name]
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isCode(value: unknown): value is string {
  return typeof value === 'string' && CODE.test(value)
}
