import { once } from 'node:events'
import { expect, test } from 'vitest'
import { ThreadSupply } from '../../../../src/main/engine/threads/thread-supply.ts'

const entries = { thread: new URL('../../../../src/main/engine/engine-thread.ts', import.meta.url), ticker: new URL('../../../../src/main/engine/ticker-thread.ts', import.meta.url) }

test('the thread that was started ahead is the first one given out, and only once', async () => {
  const supply = new ThreadSupply(entries)
  supply.ahead()
  supply.ahead()
  const first = supply.take(true)
  const second = supply.take(true)
  expect(first.worker.threadId).not.toBe(second.worker.threadId)
  expect(first.ticker).not.toBeNull()
  for (const { worker, ticker } of [first, second]) await Promise.all([worker.terminate(), ticker?.worker.terminate() ?? Promise.resolve(0)])
})

test('a spare thread has no ticker where nothing waits for the clock', async () => {
  const supply = new ThreadSupply(entries)
  supply.ahead()
  const { worker, ticker } = supply.take(false)
  expect(ticker).toBeNull()
  await worker.terminate()
})

test('a closed supply keeps no thread', async () => {
  const supply = new ThreadSupply(entries)
  supply.ahead()
  supply.close()
  const { worker } = supply.take(false)
  const ended = once(worker, 'exit')
  await worker.terminate()
  await ended
})
