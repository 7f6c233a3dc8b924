import { workerData } from 'node:worker_threads'
import { instantsIn, ordersIn } from './threads/ticker.ts'
import type { Calibration, TickerLink } from './threads/ticker.ts'

/**
 * Entry of a ticker thread: sleeps to the instant ordered and wakes the engine thread with a message, nothing else.
 * Atomics.wait oversleeps by a nearly constant 70–95 µs (timer slack and wake-up): measured at start, slept less.
 */
const { memory, port } = workerData as TickerLink
const orders = ordersIn(memory)
const instants = instantsIn(memory)
const { timeOrigin } = performance

const NAPS = 20
const NAP_MS = 0.3
/** Beyond that, waking early would only burn CPU: the reason is a busy machine. */
const MAX_EARLY_MS = 0.2
/** Not worth another nap. */
const CLOSE_ENOUGH_MS = 0.01

function calibrate(): number {
  const cell = new Int32Array(new SharedArrayBuffer(4))
  const overslept = Array.from({ length: NAPS }, () => {
    const start = performance.now()
    Atomics.wait(cell, 0, 0, NAP_MS)
    return performance.now() - start - NAP_MS
  })
  return overslept.sort((a, b) => a - b)[NAPS / 2] ?? 0
}

const oversleepMs = calibrate()
const earlyMs = Math.min(MAX_EARLY_MS, Math.max(0, oversleepMs))
port.postMessage({ oversleepMs } satisfies Calibration)

let answered = 0
let lastTickAt = 0
/** Between the last two ticks. */
let gapMs = Infinity
for (;;) {
  const order = Atomics.load(orders, 0)
  const ordered = instants[0]!
  if (Number.isNaN(ordered)) break
  const waiting = order !== answered
  const now = timeOrigin + performance.now()
  const goal = waiting ? ordered : expected(now)
  if (goal - earlyMs - CLOSE_ENOUGH_MS > now) {
    instants[1] = goal
    Atomics.wait(orders, 0, order, goal - earlyMs - now)
    continue
  }
  gapMs = ordered - lastTickAt
  lastTickAt = ordered
  answered = order
  port.postMessage(0)
}
port.close()

/** When the next order will be due if arrivals go on as they are; Infinity once that has passed without one. */
function expected(now: number): number {
  const next = lastTickAt + gapMs
  return next - earlyMs - CLOSE_ENOUGH_MS > now ? next : Infinity
}
