import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatBytes, formatTime, parseBytes, parseDecimal, parsePercent, parseTime } from '../../src/shared/quantity.ts'

describe('an amount', () => {
  it('is read with its unit only', () => {
    expect(['200ms', '1.5s', '250us', '250 µs', '1m', '.5s'].map(parseTime)).toEqual([200, 1500, 0.25, 0.25, 60_000, 500])
    expect(['200', 'ms', '-1s', '1h', '1e3s', '999999999s'].map(parseTime)).toEqual([null, null, null, null, null, null])
    expect(['512b', '10kb', '1.5MB', '64KiB'].map(parseBytes)).toEqual([512, 10_000, 1_500_000, 65_536])
    expect(['512', '1tb', '-1b', '999999999999gb'].map(parseBytes)).toEqual([null, null, null, null])
  })

  it('without a unit may have thousands', () => {
    expect(['1,200', '12k', '1.5M', '1,234,567.5', '.5'].map(parseDecimal)).toEqual([1200, 12_000, 1_500_000, 1_234_567.5, 0.5])
    expect(['50%', '0.5 %', '50', '0', '100%'].map(parsePercent)).toEqual([0.5, 0.005, 0.5, 0, 1])
    expect(['101%', '-1%', 'half', '', '%'].map(parsePercent)).toEqual([null, null, null, null, null])
    expect(['1,20', '1_000', '1e3', '-1', '', '12K5', '0x1'].map(parseDecimal)).toEqual([null, null, null, null, null, null, null])
  })

  it('is written so that it is read back the same', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 8_640_000_000 }), (us) => {
      expect(parseTime(formatTime(us / 1000))).toBe(us / 1000)
      expect(parseBytes(formatBytes(us))).toBe(us)
    }))
  })
})
