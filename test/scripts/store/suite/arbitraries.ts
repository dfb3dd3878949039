import fc from 'fast-check'

const keys = fc.constantFrom('a', 'b', 'c')
const field = fc.constantFrom('f', 'g', 'h')
const integer = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map(String),
  fc.constantFrom('9223372036854775807', '-9223372036854775808', '1.5', 'x', '', ' 1', '+1', '-0'),
)
/** Halves and quarters: what is exact in binary has one spelling in every version of Redis. */
const score = fc.oneof(
  fc.integer({ min: -40, max: 40 }).map((quarters) => String(quarters / 4)),
  fc.constantFrom('inf', '-inf', '+inf', 'nan', '1e3', '.5', 'x'),
)
const decimal = fc.oneof(
  fc.integer({ min: -5000, max: 5000 }).map((thousandths) => String(thousandths / 1000)),
  fc.constantFrom('1e2', '-2.5e-3', '.5', '5.', 'x'),
)
const value = fc.oneof(integer, fc.string({ maxLength: 4 }), fc.constantFrom('v', 'ä'))
const rank = fc.integer({ min: -6, max: 6 }).map(String)
const longTime = fc.constantFrom('1000', '5000000', '0', '-1', 'x')

const command = (name: string, ...words: fc.Arbitrary<string>[]) =>
  fc.tuple(fc.constant(name), keys, ...words)

/** Apart from the largest integers: Redis rounds decimals beyond 19 digits, the embedded store does not. */
const onDecimals = (name: string, ...words: fc.Arbitrary<string>[]) =>
  fc.tuple(fc.constant(name), fc.constant('decimals'), ...words)

/** A command, its key and its arguments; now and then too few or too many of them. */
export function commandOn(): fc.Arbitrary<string[]> {
  return fc.oneof(
    fc.oneof(
      command('SET', value),
      command('SET', value, fc.constantFrom('NX', 'XX', 'GET', 'KEEPTTL', 'NOSUCH')),
      command('SET', value, fc.constantFrom('EX', 'PX'), longTime),
      command('SET', value, fc.constantFrom('EX', 'PX'), longTime, fc.constantFrom('NX', 'GET')),
      command('GET'),
      command('GETDEL'),
      command('STRLEN'),
      command('APPEND', value),
      command('INCR'),
      command('DECR'),
      command('INCRBY', integer),
      command('DECRBY', integer),
      onDecimals('INCRBYFLOAT', decimal),
      onDecimals('SET', decimal),
      command('EXISTS'),
      command('TYPE'),
      command('DEL'),
      command('EXPIRE', longTime),
      command('EXPIRE', longTime, fc.constantFrom('NX', 'XX', 'GT', 'LT')),
      command('PERSIST'),
      command('TTL'),
    ),
    fc.oneof(
      command('HSET', field, value),
      command('HSET', field, value, field, value),
      command('HGET', field),
      command('HMGET', field, field),
      command('HGETALL'),
      command('HDEL', field),
      command('HLEN'),
      command('HEXISTS', field),
      command('HINCRBY', field, integer),
      command('HINCRBYFLOAT', fc.constant('decimals'), decimal),
      command('HSET', fc.constant('decimals'), decimal),
      command('SADD', value, field),
      command('SREM', field, value),
      command('SMEMBERS'),
      command('SMISMEMBER', field, value),
      command('SCARD'),
    ),
    fc.oneof(
      command('ZADD', score, field),
      command('ZADD', score, field, score, field),
      command('ZADD', fc.constantFrom('NX', 'XX', 'GT', 'LT', 'CH', 'INCR'), score, field),
      command('ZINCRBY', score, field),
      command('ZRANGE', rank, rank),
      command('ZRANGE', rank, rank, fc.constantFrom('REV', 'WITHSCORES', 'BYSCORE', 'NOSUCH')),
      command('ZRANGE', score, score, fc.constant('BYSCORE'), fc.constantFrom('REV', 'WITHSCORES')),
      command('ZSCORE', field),
      command('ZCARD'),
      command('ZREM', field),
      command('ZREMRANGEBYRANK', rank, rank),
      command('LPUSH', value, value),
      command('RPUSH', value),
      command('LPOP'),
      command('RPOP', rank),
      command('LRANGE', rank, rank),
      command('LTRIM', rank, rank),
      command('LLEN'),
    ),
    fc.tuple(fc.constantFrom('GET', 'SET', 'HSET', 'ZADD', 'LPOP', 'ZRANGE', 'EXPIRE'), keys),
  )
}

const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ min: -1e4, max: 1e4, noNaN: true }).map(String),
  fc.integer({ min: 0, max: 2 ** 31 }).map((at) => String(at / 16 + 12345678901234)),
  fc.constantFrom('0/0', '1/0', '-1/0', '-0.0', '2^53', '2^63', '-2^63', '2^64', '1e300', '1e-300'),
)
const text = fc
  .string({ unit: 'binary', maxLength: 12 })
  .map(
    (content) =>
      `'${Array.from(Buffer.from(content), (byte) => `\\${`${byte}`.padStart(3, '0')}`).join('')}'`,
  )
const leaf = fc.oneof(number, text, fc.constantFrom('nil', 'true', 'false', 'cjson.null'))

/** The source of a Lua value. Ordered: of tables with several names the order is nobody's promise. */
export function luaExpression({ ordered = false } = {}): fc.Arbitrary<string> {
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 5 }).map((values) => `{${values.join(', ')}}`),
      tie('value').map((inner) => `{name = ${inner}}`),
      fc.tuple(fc.integer({ min: -2, max: 14 }), tie('value')).map(([at, v]) => `{[${at}] = ${v}}`),
      ordered
        ? tie('value').map((inner) => `{[1.5] = ${inner}}`)
        : fc.oneof(
            text.map((inner) => `{ok = ${inner}}`),
            text.map((inner) => `{err = ${inner}}`),
            number.map((inner) => `{ok = ${inner}}`),
            fc.integer({ min: -40, max: 40 }).map((quarters) => `{double = ${quarters / 4}}`),
            tie('value').map((inner) => `{map = {x = ${inner}}}`),
            tie('value').map(() => "{set = {['x'] = true}}"),
          ),
    ),
  }))
  return value
}

/** JSON, and JSON with a few characters knocked out, put in or doubled. */
export function jsonText(): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    ...'{}[]:,"\\'.split(''),
    ...[
      '"a"',
      '1',
      '-1.5e3',
      'true',
      'null',
      'nan',
      'Inf',
      '0x1f',
      '\\u00e9',
      '\\ud83d',
      ' ',
      '\n',
      'é',
    ],
  )
  const damaged = fc
    .tuple(fc.json({ maxDepth: 3 }), fc.nat(40), fc.nat(3), piece)
    .map(([json, at, cut, extra]) => json.slice(0, at) + extra + json.slice(at + cut))
  return fc.oneof(
    fc.json({ maxDepth: 3 }),
    damaged,
    fc.array(piece, { maxLength: 8 }).map((p) => p.join('')),
  )
}
