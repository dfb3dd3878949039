import { describe, expect, it } from 'vitest'
import { billedCommands } from '../../../scripts/bench/command-stats.ts'
import { reportFrom } from '../../../scripts/bench/load.ts'
import {
  processorMicroseconds,
  residentKibFrom,
  residentMib,
  runMicrosecondsFrom,
} from '../../../scripts/bench/processor.ts'

const line = (name: string, calls: number) =>
  `cmdstat_${name}:calls=${calls},usec=44,usec_per_call=2.20,rejected_calls=0,failed_calls=1`

describe('billed commands', () => {
  it('are the scripts and every command inside them, failed ones too', () => {
    const stats = ['# Commandstats', line('evalsha', 10), line('mget', 9), line('set', 18)]

    expect(billedCommands(stats.join('\r\n'))).toBe(37)
  })

  it('are subcommands too', () => {
    expect(billedCommands([line('script|load', 2), line('get', 1)].join('\r\n'))).toBe(3)
  })

  it.each(['info', 'hello', 'client|setinfo', 'client|setname', 'select', 'config|resetstat'])(
    'are not what the harness and its connection say: %s',
    (name) => {
      expect(billedCommands([line(name, 5), line('get', 1)].join('\r\n'))).toBe(1)
    },
  )

  it('are none of a Redis that was never asked', () => {
    expect(billedCommands('# Commandstats\r\n')).toBe(0)
  })
})

describe("the kernel's accounting", () => {
  it('is the time that a thread ran, not the time that it waited', () => {
    expect(runMicrosecondsFrom('1234567890 37884 17\n')).toBe(1_234_567.89)
  })

  it.each(['', '12 34', 'utime 12 stime 34'])('is no number where it says: %j', (schedstat) => {
    expect(runMicrosecondsFrom(schedstat)).toBeNaN()
  })

  it('is the memory that is resident', () => {
    const status =
      'Name:\tworkerd\nVmPeak:\t  999999 kB\nVmRSS:\t   65536 kB\nRssAnon:\t   40000 kB\n'

    expect(residentKibFrom(status)).toBe(65_536)
  })

  it.runIf(process.platform === 'linux')('agrees with what a process is told of itself', () => {
    const own = process.cpuUsage()
    const before = processorMicroseconds(process.pid)
    while (process.cpuUsage(own).user < 100_000);
    const { user, system } = process.cpuUsage(own)

    // The kernel writes down what is still running at its next tick.
    expect(Math.abs(processorMicroseconds(process.pid) - before - user - system)).toBeLessThan(
      50_000,
    )
  })

  it.runIf(process.platform === 'linux')('can be read of a process that runs', () => {
    expect(residentMib(process.pid)).toBeGreaterThan(10)
  })
})

describe("wrk's report", () => {
  it('says how many were sent, answered and refused', () => {
    const output =
      'Running 1s test @ http://127.0.0.1:1\n  1 threads\nsent 8139 answered 8123 refused 17\n'

    expect(reportFrom(output)).toEqual({ sent: 8_139, answered: 8_123, refused: 17 })
  })

  it('is an error when it says nothing of the kind', () => {
    expect(() => reportFrom('unable to connect')).toThrow('unable to connect')
  })
})
