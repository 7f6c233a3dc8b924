import { describe, expect, it } from 'vitest'
import { Pacer, precisionFor, quantumFor } from '../../../../src/main/engine/schedule/pacer.ts'
import type { Ticker } from '../../../../src/main/engine/schedule/pacer.ts'
import { FakeTimers } from '../../../support/fake-timers.ts'

/** Ticks exactly at the instant ordered. */
class FakeTicker implements Ticker {
  precise = true
  onTick = (): void => {}
  readonly orders: number[] = []
  readonly #timers: FakeTimers
  #pending: unknown

  constructor(timers: FakeTimers) {
    this.#timers = timers
  }

  arm(at: number): void {
    this.orders.push(at)
    this.#timers.clear(this.#pending)
    this.#pending = this.#timers.set(() => this.onTick(), at - this.#timers.now())
  }

  close(): void {}
}

/** A pacer with arrivals every `gapMs`, and the instants at which it served them. */
function paced(gapMs: number, ticker: boolean): { timers: FakeTimers; ticker: FakeTicker; pacer: Pacer; wakes: number[]; lateness: number[] } {
  const timers = new FakeTimers()
  const fake = new FakeTicker(timers)
  const wakes: number[] = []
  const lateness: number[] = []
  let next = gapMs
  const work = (now: number): number => {
    wakes.push(now)
    for (; next <= now; next += gapMs) lateness.push(now - next)
    return next
  }
  const pacer = new Pacer(work, ticker ? fake : null, timers)
  return { timers, ticker: fake, pacer, wakes, lateness }
}

describe('Pacer', () => {
  it('is woken once per arrival, exactly then, while arrivals are far apart', () => {
    const { timers, ticker, pacer, wakes, lateness } = paced(10, true)
    pacer.start()
    expect(ticker.orders).toEqual([10])
    timers.advanceTo(1000)
    expect(wakes).toHaveLength(101)
    expect(Math.max(...lateness)).toBeLessThan(1e-6)
  })

  it('bounds the rate of wake-ups at high rates, and is late by that at most', () => {
    const { timers, pacer, wakes, lateness } = paced(0.02, true)
    pacer.tune(50_000, 10)
    pacer.start()
    timers.advanceTo(1000)
    expect(lateness.length).toBeGreaterThan(49_900)
    expect(wakes.length).toBeLessThanOrEqual(2002)
    expect(Math.max(...lateness)).toBeLessThanOrEqual(quantumFor(50_000) + 1e-6)
  })

  it('gets along with timers alone where there is no ticker', () => {
    const { timers, pacer, lateness } = paced(0.5, false)
    expect(pacer.precision).toBe('eco')
    pacer.start()
    timers.advanceTo(1000)
    expect(lateness.length).toBeGreaterThan(1990)
    expect(Math.max(...lateness)).toBeLessThanOrEqual(1)
  })

  it('goes on with timers when the ticker dies', () => {
    const { timers, ticker, pacer, lateness } = paced(0.5, true)
    pacer.start()
    timers.advanceTo(100)
    ticker.precise = false
    ticker.onTick()
    timers.advanceTo(1000)
    expect(lateness.length).toBeGreaterThan(1990)
  })

  it('asks for no wake-up when nothing comes', () => {
    const timers = new FakeTimers()
    const pacer = new Pacer(() => Infinity, null, timers)
    pacer.start()
    expect(timers.pending).toEqual([])
  })

  it('does nothing more once stopped', () => {
    const { timers, pacer, wakes } = paced(1, true)
    pacer.start()
    timers.advanceTo(10)
    pacer.stop()
    const before = wakes.length
    timers.advanceTo(100)
    expect(wakes).toHaveLength(before)
  })

  it('waits for instants beyond the reach of setTimeout', () => {
    const { timers, pacer, lateness } = paced(3_000_000_000, false)
    pacer.start()
    timers.advanceTo(3_000_000_000)
    expect(lateness).toHaveLength(1)
  })
})

describe('precision', () => {
  it('follows the rate, and gives way when the thread is short of CPU', () => {
    expect(precisionFor(1000, 10, 'normal')).toBe('exact')
    expect(precisionFor(5000, 50, 'exact')).toBe('normal')
    expect(precisionFor(1000, 85, 'exact')).toBe('eco')
  })

  it('does not swing back at once', () => {
    expect(precisionFor(1000, 70, 'eco')).toBe('eco')
    expect(precisionFor(1000, 70, 'exact')).toBe('exact')
    expect(precisionFor(1000, 50, 'eco')).toBe('exact')
  })
})
