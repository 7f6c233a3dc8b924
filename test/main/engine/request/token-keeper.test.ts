import { describe, expect, it } from 'vitest'
import { TokenKeeper } from '../../../../src/main/engine/request/token-keeper.ts'
import { FakeTimers } from '../../../support/fake-timers.ts'

/** An authorization server of a test: what it answers next, and when it was asked. */
function keeperOf(lifetimeMs: number | null) {
  const timers = new FakeTimers()
  const asked: number[] = []
  const server = { lifetimeMs, failure: null as Error | null }
  const fetch = async (): Promise<{ text: string; lifetimeMs: number | null }> => {
    asked.push(timers.now())
    if (server.failure !== null) throw server.failure
    return { text: `token ${asked.length}`, lifetimeMs: server.lifetimeMs }
  }
  const told: string[] = []
  const keeper = new TokenKeeper({ fetch, timers })
  keeper.watch((text) => told.push(text), (error) => told.push(error.message))
  const until = async (at: number): Promise<void> => {
    // What was asked is answered before the clock goes on.
    for (let next = timers.pending[0]; next !== undefined && next <= at; next = timers.pending[0]) {
      timers.advanceTo(next)
      await new Promise(setImmediate)
    }
    timers.advanceTo(at)
  }
  return { keeper, asked, told, server, until, timers }
}

describe('the keeper of an access token', () => {
  it('renews it a minute before it ends, again and again', async () => {
    const { keeper, asked, told, until } = keeperOf(3_600_000)
    await keeper.begin()
    expect(keeper.text).toBe('token 1')
    await until(3_539_999)
    expect(told).toEqual([])
    await until(8_000_000)
    expect(asked).toEqual([0, 3_540_000, 7_080_000])
    expect(told).toEqual(['token 2', 'token 3'])
    expect(keeper.text).toBe('token 3')
  })

  it('renews one of a short life after three quarters of it', async () => {
    const { keeper, asked, until } = keeperOf(4_000)
    await keeper.begin()
    await until(6_500)
    expect(asked).toEqual([0, 3_000, 6_000])
  })

  it('asks again until the token ends, and says so only then', async () => {
    const { keeper, asked, told, server, until } = keeperOf(10_000)
    await keeper.begin()
    server.failure = new Error('no')
    await until(9_000)
    expect([asked, told]).toEqual([[0, 7_500, 8_500], []])
    server.failure = null
    await until(9_600)
    expect(told).toEqual(['token 4'])
    server.failure = new Error('no')
    await until(60_000)
    expect(told).toEqual(['token 4', 'no'])
    expect(asked.at(-1)).toBe(19_500)
  })

  it('keeps one of which no end was said, and asks for nothing once stopped', async () => {
    const endless = keeperOf(null)
    await endless.keeper.begin()
    expect(endless.timers.pending).toEqual([])
    const { keeper, timers } = keeperOf(1_000)
    await keeper.begin()
    keeper.stop()
    expect(timers.pending).toEqual([])
  })

  it('looks again after 24 days where a token holds longer than a timer can', async () => {
    const { keeper, timers } = keeperOf(1e12)
    await keeper.begin()
    expect(timers.pending).toEqual([2 ** 31 - 1])
  })
})
