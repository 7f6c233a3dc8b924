import { afterEach, describe, expect, it } from 'vitest'
import { LinkedTicker, startTicker } from '../../../../src/main/engine/threads/ticker.ts'

const entry = new URL('../../../../src/main/engine/ticker-thread.ts', import.meta.url)
let ticker: LinkedTicker

afterEach(() => ticker.close())

/** Resolves with the instant of the next tick. */
function tick(): Promise<number> {
  return new Promise((resolve) => (ticker.onTick = () => resolve(performance.now())))
}

function start(from: URL): LinkedTicker {
  const { worker, link } = startTicker(from)
  worker.on('error', () => {})
  return new LinkedTicker(link)
}

describe('LinkedTicker', () => {
  it('calibrates itself at start and then ticks no earlier than a hair before the instant', async () => {
    ticker = start(entry)
    await ticker.ready
    for (let i = 0; i < 20; i++) {
      const at = performance.now() + 0.5 + i / 10
      ticker.arm(at)
      expect(await tick()).toBeGreaterThan(at - 0.3)
    }
  })

  it('obeys the newest order, also a nearer one while it sleeps', async () => {
    ticker = start(entry)
    await ticker.ready
    ticker.arm(performance.now() + 3_600_000)
    ticker.arm(performance.now() + 1)
    await tick()
  })

  it('ticks once per order', async () => {
    ticker = start(entry)
    await ticker.ready
    let ticks = 0
    for (let order = 1; order <= 5; order++) {
      const { promise, resolve } = Promise.withResolvers<void>()
      ticker.onTick = () => {
        ticks++
        resolve()
      }
      ticker.arm(performance.now() + 0.5)
      await promise
      expect(ticks).toBe(order)
    }
  })

  it('tells when it cannot start', async () => {
    ticker = start(new URL('./no-such-thread.ts', import.meta.url))
    await expect(ticker.ready).rejects.toThrow('ticker thread did not start')
    expect(ticker.precise).toBe(false)
  })
})
