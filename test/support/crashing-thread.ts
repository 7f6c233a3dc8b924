import { parentPort } from 'node:worker_threads'

/** An engine thread that prepares well and then breaks. */
parentPort?.postMessage({ type: 'ready' })
parentPort?.on('message', () => {
  throw new Error('out of order')
})
