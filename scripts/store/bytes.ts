import { createHash } from 'node:crypto'
import type { Bytes } from './engine.ts'

export function bytesFrom(text: string): Bytes {
  return Buffer.from(text, 'utf8').toString('latin1')
}

export function textFrom(bytes: Bytes): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

export function base64From(bytes: Bytes): string {
  return Buffer.from(bytes, 'latin1').toString('base64')
}

export function sha1(bytes: Bytes): string {
  return createHash('sha1').update(Buffer.from(bytes, 'latin1')).digest('hex')
}
