import { parentPort } from 'node:worker_threads'
import type { Order } from '../../src/main/engine/threads/thread-messages.ts'

/** Stands where an engine thread stands, and dies when it is told to begin. */
parentPort?.on('message', (order: Order) => {
  if (order.type === 'plan') parentPort?.postMessage({ type: 'ready' })
  if (order.type === 'begin') throw new Error('out of order')
})
