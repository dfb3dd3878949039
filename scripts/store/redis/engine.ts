import { Redis, Command as WireCommand } from 'ioredis'
import { bytesFrom } from '../bytes.ts'
import {
  type Command,
  type Engine,
  type Failure,
  failure,
  isFailure,
  type Reply,
  Unreachable,
} from '../engine.ts'

/** Long enough for any script of ours, short enough that a frozen Redis is noticed. */
const REPLY_TIMEOUT_MS = 2000
const CONNECT_TIMEOUT_MS = 2000
const RETRY_MS = 100

/** Connects once, or throws `Unreachable`; from then on it reconnects by itself and never queues. */
export async function connectRedis(url: string, kind: string): Promise<Engine> {
  const redis = new Redis(url, {
    protocol: 2,
    lazyConnect: true,
    // The client's own reading of an integer is inexact beyond 2^53.
    stringNumbers: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: REPLY_TIMEOUT_MS,
    retryStrategy: () => RETRY_MS,
  })
  // Every command reports the outage itself; without a listener the client prints it as well.
  redis.on('error', () => {})

  const send = (command: Command): Promise<Reply> => {
    const [name = '', ...words] = command
    // Upper case, because the client reshapes the replies of commands it knows in lower case.
    const wire = new WireCommand(
      name.toUpperCase(),
      words.map((word) => Buffer.from(word, 'latin1')),
    )
    return Promise.resolve(redis.sendCommand(wire)).then(replyFrom, failureFrom)
  }
  const sendAll = (commands: readonly Command[]) => Promise.all(commands.map(send))

  await redis.connect().catch((error: Error) => {
    redis.disconnect()
    throw new Unreachable(error.message)
  })

  return {
    kind,
    run: sendAll,
    async transact(commands) {
      // Written in one go: no other request's command can come in between.
      const replies = await sendAll([['MULTI'], ...commands, ['EXEC']])
      return outcomeFrom(replies.at(-1) ?? null)
    },
    async stop() {
      redis.disconnect()
    },
  }
}

function outcomeFrom(reply: Reply): Reply[] | Failure {
  if (Array.isArray(reply)) return reply
  return isFailure(reply) ? reply : failure('EXECABORT Transaction discarded.')
}

function replyFrom(value: unknown): Reply {
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  if (typeof value === 'string') return Number(value)
  if (value === null) return value
  if (Array.isArray(value)) return value.map(replyFrom)
  if (value instanceof Error) return failure(bytesFrom(value.message))
  throw new Error(`Redis answered with a ${typeof value}`)
}

function failureFrom(error: Error): Failure {
  if (error.name === 'ReplyError' && !error.message.startsWith('LOADING')) {
    return failure(bytesFrom(error.message))
  }
  throw new Unreachable('no answer from the Redis behind this store')
}
