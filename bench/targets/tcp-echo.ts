import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

/** Sends bytes back over TCP; prints the port. */
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy())
  socket.pipe(socket)
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
await once(server, 'listening')
console.log((server.address() as AddressInfo).port)
