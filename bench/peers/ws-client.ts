/**
 * The `ws` package's client in a loop: each connection sends the next message when the last one has come back.
 *
 *   node bench/peers/ws-client.ts URL [connections = 50] [seconds = 2] [warm-up seconds = 1]
 *
 * SEND is the message. Prints {"requests", "failed", "cpuUs"} of the time after the warm-up.
 */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { loop } from './peer-loop.ts'

const [url = '', connections = '50', seconds = '2', warmUp = '1'] = process.argv.slice(2)
const message = process.env.SEND ?? ''
const sockets = Array.from({ length: Number(connections) }, () => new WebSocket(url, { perMessageDeflate: false }))
await Promise.all(sockets.map((socket) => once(socket, 'open')))

await loop({ users: sockets.length, seconds: Number(seconds), warmUpSeconds: Number(warmUp) }, (done) => {
  const socket = sockets.pop()!
  socket.on('message', done)
  return () => socket.send(message)
})
