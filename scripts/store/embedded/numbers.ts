import type { Bytes } from '../engine.ts'
import { NOT_A_FLOAT, NOT_AN_INTEGER, RedisError } from './redis-error.ts'

export const LOWEST_INTEGER = -(2n ** 63n)
const HIGHEST_INTEGER = 2n ** 63n - 1n

/** Redis takes an integer only in the form it would print. */
export function bigIntegerFrom(text: Bytes, refusal = NOT_AN_INTEGER): bigint {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) throw new RedisError(refusal)
  const value = BigInt(text)
  if (value < LOWEST_INTEGER || value > HIGHEST_INTEGER) throw new RedisError(refusal)
  return value
}

export function integerFrom(text: Bytes, refusal = NOT_AN_INTEGER): number {
  return Number(bigIntegerFrom(text, refusal))
}

export function sumFrom(a: bigint, b: bigint): bigint {
  const sum = a + b
  if (sum >= LOWEST_INTEGER && sum <= HIGHEST_INTEGER) return sum
  throw new RedisError('ERR increment or decrement would overflow')
}

const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const INFINITE = /^([+-]?)inf(inity)?$/i

export function floatFrom(text: Bytes, refusal = NOT_A_FLOAT): number {
  const infinite = INFINITE.exec(text)
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity
  const value = FLOAT.test(text) ? Number(text) : Infinity
  // Too large to be held counts as no number at all.
  if (!Number.isFinite(value)) throw new RedisError(refusal)
  return value
}

export function floatText(value: number): Bytes {
  if (Object.is(value, -0)) return '-0'
  if (value === Infinity) return 'inf'
  return value === -Infinity ? '-inf' : String(value)
}

const DIGITS = 17n

/**
 * Redis adds in long doubles and prints up to 17 decimals, so 0.1 + 0.2 is 0.3 there. Decimals are added
 * exactly here; beyond 19 significant digits Redis would round and this does not.
 */
export function decimalSum(a: Bytes, b: Bytes): Bytes {
  const sum = scaledFrom(a) + scaledFrom(b)
  const digits = (sum < 0n ? -sum : sum).toString().padStart(Number(DIGITS) + 1, '0')
  const whole = digits.slice(0, -Number(DIGITS))
  const fraction = digits.slice(-Number(DIGITS)).replace(/0+$/, '')
  return `${sum < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

function scaledFrom(text: Bytes): bigint {
  if (!Number.isFinite(floatFrom(text))) {
    throw new RedisError('ERR increment would produce NaN or Infinity')
  }
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.')
  const shift = DIGITS + BigInt(exponent) - BigInt(fraction.length)
  const units = BigInt(`${whole}${fraction}`)
  const scaled = shift >= 0n ? units * 10n ** shift : units / 10n ** -shift
  return mantissa.startsWith('-') ? -scaled : scaled
}
