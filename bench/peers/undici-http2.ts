/**
 * undici's own HTTP/2 as lean as it gets: one Client, `dispatch`, so many streams at once.
 *
 *   node bench/peers/undici-http2.ts URL [streams = 50] [seconds = 2] [warm-up seconds = 1]
 *
 * Prints {"requests", "failed", "cpuUs"} of the time after the warm-up.
 */
import { Client } from 'undici'
import type { Dispatcher } from 'undici'
import { loop } from './peer-loop.ts'

const [url = '', streams = '50', seconds = '2', warmUp = '1'] = process.argv.slice(2)
const { origin, pathname } = new URL(url)
const client = new Client(origin, { allowH2: true, headersTimeout: 0, bodyTimeout: 0, connect: { rejectUnauthorized: false }, h2Options: { maxConcurrentStreams: 100, pingInterval: 0 } })

await loop({ users: Number(streams), seconds: Number(seconds), warmUpSeconds: Number(warmUp) }, (done, failed) => {
  const handler: Dispatcher.DispatchHandler = { onRequestStart: () => {}, onResponseStart: () => {}, onResponseData: () => {}, onResponseEnd: done, onResponseError: failed }
  return () => void client.dispatch({ path: pathname, method: 'GET' }, handler)
})
