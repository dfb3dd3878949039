import { readFileSync } from 'node:fs'

/** Ticks are hundredths of a second on every Linux that Node runs on (USER_HZ). */
const MICROSECONDS_PER_TICK = 10_000
const KIB_PER_MIB = 1024

/** Processor time that the process has had so far, its own and the kernel's for it. Linux only. */
export function processorMicroseconds(pid: number): number {
  return ticksFrom(readFileSync(`/proc/${pid}/stat`, 'utf8')) * MICROSECONDS_PER_TICK
}

/** Memory that the process holds now. */
export function residentMib(pid: number): number {
  return residentKibFrom(readFileSync(`/proc/${pid}/status`, 'utf8')) / KIB_PER_MIB
}

/** utime and stime: the 14th and 15th field of /proc/pid/stat (proc(5)). */
export function ticksFrom(stat: string): number {
  // The second field, the name in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

export function residentKibFrom(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
}
