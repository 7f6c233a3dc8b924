import net from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import type { AddressInfo } from 'node:net'

/**
 * A thread that listens and does not accept: what does not fit into its queue gets no answer at all, as behind a
 * firewall that drops. Once woken it serves.
 */
const bell = new Int32Array(workerData as SharedArrayBuffer)

const server = net.createServer((socket) => {
  socket.on('error', () => {})
  socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood'))
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort!.postMessage((server.address() as AddressInfo).port)
  Atomics.wait(bell, 0, 0)
})
