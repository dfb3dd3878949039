import { sha1 } from './bytes.ts'
import type { Bytes, Command, Engine, Reply } from './engine.ts'

const UPSTASH_ONLY = 'allow-key-locking'

/**
 * Upstash scripts may begin with a flag that stock Redis refuses. It is taken out on the way in, and the
 * hash of the text as the client wrote it is remembered, because that is the hash the client asks for.
 * A script the engine has lost (flush, restart) stays lost: its own NOSCRIPT makes the client send it again.
 */
export function withScriptFlags(engine: Engine): Engine {
  const plainHashes = new Map<string, string>()

  const learn = (script: Bytes): Bytes => {
    const plain = withoutUpstashFlag(script)
    if (plain !== script) plainHashes.set(sha1(script), sha1(plain))
    return plain
  }
  const plainHash = (hash: Bytes): Bytes => plainHashes.get(hash.toLowerCase()) ?? hash

  const translate = (command: Command): Command => {
    const [name = '', first = ''] = command
    switch (verbOf(command)) {
      case 'EVAL':
      case 'EVAL_RO':
        return [name, learn(first), ...command.slice(2)]
      case 'EVALSHA':
      case 'EVALSHA_RO':
        return [name, plainHash(first), ...command.slice(2)]
      case 'SCRIPT LOAD':
        return [name, first, ...command.slice(2).map(learn)]
      case 'SCRIPT EXISTS':
        return [name, first, ...command.slice(2).map(plainHash)]
      default:
        return command
    }
  }
  const answers = (commands: readonly Command[], replies: Reply[]): Reply[] =>
    replies.map((reply, at) => {
      const command = commands[at] ?? []
      const loaded = verbOf(command) === 'SCRIPT LOAD' && typeof reply === 'string'
      return loaded ? sha1(command[2] ?? '') : reply
    })

  return {
    kind: engine.kind,
    run: async (commands) => answers(commands, await engine.run(commands.map(translate))),
    transact: async (commands) => {
      const outcome = await engine.transact(commands.map(translate))
      return Array.isArray(outcome) ? answers(commands, outcome) : outcome
    },
    stop: () => engine.stop(),
  }
}

function verbOf([name = '', subcommand = '']: Command): string {
  const verb = name.toUpperCase()
  return verb === 'SCRIPT' ? `${verb} ${subcommand.toUpperCase()}` : verb
}

/** Keeps the line break, so that an error still names the line its author sees. */
function withoutUpstashFlag(script: Bytes): Bytes {
  const first = /^#!lua[ \t]+flags=([^\s]*)[ \t]*(?=\r?\n|$)/.exec(script)
  const flags = first?.[1]?.split(',') ?? []
  if (!first || !flags.includes(UPSTASH_ONLY)) return script

  const known = flags.filter((flag) => flag !== UPSTASH_ONLY)
  const line = known.length > 0 ? `#!lua flags=${known.join(',')}` : ''
  return line + script.slice(first[0].length)
}
