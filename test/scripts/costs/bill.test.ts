import { describe, expect, it } from 'vitest'
import {
  commandShare,
  mostRequestsPerDay,
  perMillionRequests,
  perMonth,
} from '../../../scripts/costs/bill.ts'

describe('a million requests', () => {
  it.each([
    ['that ask the store for 8 commands each', { commands: 8, processorUs: 700 }, 16.314],
    ['that ask for 4', { commands: 4, processorUs: 1_000 }, 8.32],
    ['that ask nobody', { commands: 0, processorUs: 0 }, 0.3],
  ])('%s cost what the lists say', (_, use, total) => {
    expect(perMillionRequests(use).total).toBeCloseTo(total, 9)
  })

  it('come apart into requests, processor and commands', () => {
    const bill = perMillionRequests({ commands: 8, processorUs: 700 })

    expect(bill).toMatchObject({ requests: 0.3, commands: 16 })
    expect(bill.processor).toBeCloseTo(0.014, 9)
    expect(commandShare(bill)).toBeCloseTo(0.98, 2)
  })
})

describe('a month', () => {
  it("of the vendor's own example, 15 million requests of 7 ms, costs 8 dollars", () => {
    const bill = perMonth(500_000, { commands: 0, processorUs: 7_000 })

    expect(bill.requests).toBeCloseTo(6.5, 9)
    expect(bill.processor).toBeCloseTo(1.5, 9)
    expect(bill.total).toBeCloseTo(8, 9)
  })

  it('within what the plan includes costs the plan and the commands', () => {
    expect(perMonth(1_000, { commands: 4, processorUs: 1_000 }).total).toBeCloseTo(5.24, 9)
  })
})

it('tells how many requests a day one database takes', () => {
  expect(mostRequestsPerDay(8)).toBe(108_000_000)
})
