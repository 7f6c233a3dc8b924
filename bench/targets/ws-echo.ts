import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** Echoes WebSocket messages with the `ws` package; prints the port. */
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })))
await once(server, 'listening')
console.log((server.address() as AddressInfo).port)
