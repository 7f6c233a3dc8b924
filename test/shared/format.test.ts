import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes, bytesPerSecond, change, count, countShort, elapsed, latency, latencyAbout, percent, rate, rateShort, roundedRate, significant } from '../../src/shared/format.ts'

describe('the formatter', () => {
  it.each([[0.084, '84 µs'], [0.84, '0.84 ms'], [0.1234, '0.123 ms'], [4.21, '4.21 ms'], [4.2, '4.20 ms'], [40.6, '40.6 ms'], [112.3, '112 ms'], [999.6, '1.00 s'], [1240, '1.24 s'], [59_960, '1m 00s'], [125_000, '2m 05s'], [0, '0 ms'], [9.996, '10.0 ms'], [-0.5, '−0.5 ms']])('prints a latency of %d ms as %s', (ms, text) => {
    expect(latency(ms)).toBe(text)
  })

  it.each([[0.0843, '≈ 84 µs'], [0.84, '≈ 0.84 ms'], [6.12, '≈ 6.1 ms'], [6, '≈ 6.0 ms'], [40.6, '≈ 41 ms'], [112.3, '≈ 110 ms'], [999.6, '≈ 1.0 s'], [12_400, '≈ 12 s'], [125_000, '≈ 2m 10s']])('prints an estimate of %d ms as %s', (ms, text) => {
    expect(latencyAbout(ms)).toBe(text)
  })

  it.each([[11_964.2, '11,964 req/s'], [500, '500 req/s'], [49.95, '50 req/s'], [49.5, '49.5 req/s'], [0.25, '0.25 req/s'], [0, '0 req/s']])('prints a rate of %d as %s', (n, text) => {
    expect(rate(n)).toBe(text)
  })

  it.each([[11_964, '12.0k'], [850, '850'], [999.7, '1.00k'], [1_765_012, '1.77M'], [999_600, '1.00M'], [12.5, '12.5']])('prints %d in a tight place as %s', (n, text) => {
    expect(rateShort(n)).toBe(text)
  })

  it('prints counts in full and short', () => {
    expect([count(1_765_012), count(0), count(999), count(1000)]).toEqual(['1,765,012', '0', '999', '1,000'])
    expect([countShort(1_765_012), countShort(999), countShort(12_000)]).toEqual(['1.77M', '999', '12.0k'])
  })

  it.each([[0.0042, '0.42%'], [0.042, '4.2%'], [0.42, '42%'], [0.997, '99.7%'], [0.974, '97.4%'], [1, '100%'], [0, '0%'], [0.00001, '<0.01%'], [0.99999, '>99.99%'], [0.9996, '99.96%'], [0.07, '7.0%'], [1.31, '131%'], [0.0997, '10%'], [0.9, '90%']])('prints a ratio of %d as %s', (ratio, text) => {
    expect(percent(ratio)).toBe(text)
  })

  it('never claims nothing or everything when it is neither', () => {
    fc.assert(fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (ratio) => {
      expect(['0%', '0.0%', '0.00%', '100%', '100.0%', '100.00%']).not.toContain(percent(ratio))
    }))
  })

  it('prints bytes in decimal units', () => {
    expect([bytes(512), bytes(999.6), bytes(4210), bytes(44_400_000_000), bytesPerSecond(148e6)]).toEqual(['512 B', '1.00 kB', '4.21 kB', '44.4 GB', '148 MB/s'])
  })

  it('prints elapsed time', () => {
    expect([elapsed(192_000), elapsed(3_792_999), elapsed(-5)]).toEqual(['03:12', '1:03:12', '00:00'])
  })

  it('prints a change with its sign', () => {
    expect([change(0.31), change(-0.04), change(0), change(0.004), change(12.5), change(0.00001)]).toEqual(['+31%', '−4%', '0%', '+0.4%', '+1,250%', '0%'])
  })

  it('prints what is missing as a dash, never as 0 or NaN', () => {
    for (const print of [latency, latencyAbout, rate, rateShort, count, countShort, percent, bytes, bytesPerSecond, elapsed, change]) {
      expect([print(null), print(NaN), print(Infinity)]).toEqual(['–', '–', '–'])
    }
  })

  it('never prints NaN, undefined or an exponent for any finite figure', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (n) => {
      for (const print of [latency, latencyAbout, rate, rateShort, count, countShort, percent, bytes, bytesPerSecond, elapsed, change]) expect(print(n)).not.toMatch(/NaN|undefined|e[+-]|^$/)
    }))
  })
})

describe('rounding for summaries', () => {
  it('keeps three significant digits and is done once: again changes nothing', () => {
    expect([significant(112.34), significant(0.01234), significant(null), significant(0)]).toEqual([112, 0.0123, null, 0])
    fc.assert(fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.double({ min: 0, max: 1e9, noNaN: true }), (a, b) => {
      expect(significant(significant(a))).toBe(significant(a))
      if (a <= b) expect(significant(a)).toBeLessThanOrEqual(significant(b))
      expect(latency(significant(a))).toBe(latency(a))
    }))
  })

  it('keeps rates to a tenth', () => {
    expect([roundedRate(499.876), roundedRate(500), roundedRate(7.3456), roundedRate(0)]).toEqual([499.9, 500, 7.35, 0])
  })
})
