/**
 * What echoes over WebSockets cost if nothing is done but to write and to read: node:net sends the bytes of one frame again and
 * again, and counts those that come back. No client in Node can be below it.
 *
 *   node bench/peers/ws-bytes.ts URL [connections = 50] [seconds = 2] [warm-up seconds = 1]
 *
 * SEND is the message. Prints {"requests", "failed", "cpuUs"} of the time after the warm-up.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { TEXT, encodeFrame } from '../../src/main/engine/lanes/websocket-frames.ts'
import { loop } from './peer-loop.ts'

const [url = '', connections = '50', seconds = '2', warmUp = '1'] = process.argv.slice(2)
const { hostname, host, port } = new URL(url)
const frame = encodeFrame(TEXT, Buffer.from(process.env.SEND ?? ''))
/** Answers are not masked. */
const answerBytes = frame.length - 4
const upgrade = `GET / HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`
const buffer = Buffer.allocUnsafe(65_536)

interface Wire {
  socket: Socket
  onBytes: (count: number) => void
}

async function open(): Promise<Wire> {
  const upgraded = Promise.withResolvers<void>()
  const read = (count: number): boolean => {
    wire.onBytes(count)
    return true
  }
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread: { buffer, callback: read } })
  const wire: Wire = { socket, onBytes: () => upgraded.resolve() }
  await once(socket, 'connect')
  socket.write(upgrade)
  await upgraded.promise
  return wire
}

const wires = await Promise.all(Array.from({ length: Number(connections) }, open))

await loop({ users: wires.length, seconds: Number(seconds), warmUpSeconds: Number(warmUp) }, (done) => {
  const wire = wires.pop()!
  let left = answerBytes
  wire.onBytes = (count) => {
    left -= count
    if (left > 0) return
    left = answerBytes
    done()
  }
  return () => void wire.socket.write(frame)
})
