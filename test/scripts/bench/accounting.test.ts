import { describe, expect, it } from 'vitest'
import { billedCommands } from '../../../scripts/bench/command-stats.ts'
import { reportFrom } from '../../../scripts/bench/load.ts'
import {
  processorMicroseconds,
  residentKibFrom,
  residentMib,
  ticksFrom,
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
  it('is user and system time, whatever the process calls itself', () => {
    const stat = '4711 (work) 7 (d) S 1 4711 4711 0 -1 4194560 900 0 3 0 250 75 9 4 20 0 12 0 99'

    expect(ticksFrom(stat)).toBe(325)
  })

  it('is the memory that is resident', () => {
    const status =
      'Name:\tworkerd\nVmPeak:\t  999999 kB\nVmRSS:\t   65536 kB\nRssAnon:\t   40000 kB\n'

    expect(residentKibFrom(status)).toBe(65_536)
  })

  it.runIf(process.platform === 'linux')('can be read of a process that runs', () => {
    expect(processorMicroseconds(process.pid)).toBeGreaterThan(0)
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
