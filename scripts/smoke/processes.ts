import { readdirSync, readFileSync } from 'node:fs'

interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
  readonly isZombie: boolean
  /** In ticks since boot: tells a process from a later one with its number. */
  readonly startedAt: string
}

/** Everything that the process has started, directly or not, itself included. Linux only. */
export function treeOf(root: number): readonly Process[] {
  const all = processes()
  const tree = all.filter(({ pid }) => pid === root)
  // Grows while it is walked.
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid))
  return tree
}

export function stillRunning(before: readonly Process[]): readonly Process[] {
  const now = processes().filter(({ isZombie }) => !isZombie)
  return before.filter(({ pid, startedAt }) =>
    now.some((other) => other.pid === pid && other.startedAt === startedAt),
  )
}

function processes(): Process[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => {
    try {
      const [stat = '', command = ''] = ['stat', 'cmdline'].map((file) =>
        readFileSync(`/proc/${pid}/${file}`, 'utf8'),
      )
      return [{ pid: Number(pid), command: command.replaceAll('\0', ' '), ...partsOf(stat) }]
    } catch {
      // It ended between the listing and the reading.
      return []
    }
  })
}

function partsOf(stat: string): Omit<Process, 'pid' | 'command'> {
  // The name, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, parent] = fields
  return { parent: Number(parent), isZombie: state === 'Z', startedAt: fields[19] ?? '' }
}
