import { readdirSync, readFileSync } from 'node:fs'

const NANOSECONDS_PER_MICROSECOND = 1_000
const KIB_PER_MIB = 1024

/**
 * Processor time that the process has had so far, its own and the kernel's for it. Linux only. The sum over its threads,
 * because only theirs is told to the nanosecond: that of the process in hundredths of a second. workerd ends none of them.
 */
export function processorMicroseconds(pid: number): number {
  const tasks = `/proc/${pid}/task`
  return readdirSync(tasks)
    .map((thread) => runMicrosecondsFrom(readFileSync(`${tasks}/${thread}/schedstat`, 'utf8')))
    .reduce((sum, microseconds) => sum + microseconds, 0)
}

/** Memory that the process holds now. */
export function residentMib(pid: number): number {
  return residentKibFrom(readFileSync(`/proc/${pid}/status`, 'utf8')) / KIB_PER_MIB
}

/** The first of three numbers: how long it ran, how long it waited to, how often it was let (sched-stats of the kernel). */
export function runMicrosecondsFrom(schedstat: string): number {
  const [, nanoseconds] = /^(\d+) \d+ \d+\s*$/.exec(schedstat) ?? []
  return Number(nanoseconds) / NANOSECONDS_PER_MICROSECOND
}

export function residentKibFrom(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
}
