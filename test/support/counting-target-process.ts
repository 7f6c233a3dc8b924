import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A small HTTP server in a process of its own that counts what it gets. `/` answers 200, `/slow` after 200 ms, `/never`
 * never, `/busy` 503; `/close` answers and closes the connection. Any message from the parent is answered with the count.
 */
let count = 0

const server = createServer((request, response) => {
  count++
  switch (request.url) {
    case '/slow':
      setTimeout(() => response.end('slow'), 200)
      break
    case '/never':
      break
    case '/busy':
      response.writeHead(503, { 'set-cookie': 'session=secret' }).end('busy')
      break
    case '/close':
      response.writeHead(200, { connection: 'close' }).end('bye')
      break
    default:
      response.end('ok')
  }
})

server.keepAliveTimeout = 300_000
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', () => process.send?.({ count }))
process.on('disconnect', () => process.exit(0))
