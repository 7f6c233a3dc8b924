import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { certificates } from '../../support/certificates.ts'
import { closing, portOf } from '../../support/closing.ts'
import { runTask } from '../../support/engine-run.ts'
import { startNginxProxy } from '../../support/nginx-proxy.ts'

/** The engine through proxies: every request goes through, the credentials of the proxy reach the proxy and nobody else. */

const withCredentials = (url: string, credentials = 'me:secret'): string => url.replace('//', `//${credentials}@`)

it('plain requests go through a real nginx, over TCP and over TLS, and are counted alike by all three', async () => {
  const proxy = await startNginxProxy()
  onTestFinished(() => proxy.stop())
  const heads: http.IncomingHttpHeaders[] = []
  const target = http.createServer((request, response) => (heads.push(request.headers), void response.end('ok')))
  const url = `http://127.0.0.1:${await portOf(closing(target))}/cart?n={{seq}}`
  const job = { load: { connections: 4, requests: 100 } }
  for (const way of [proxy.url, proxy.secureUrl]) {
    const counts = await runTask(url, { ...job, transport: { proxy: withCredentials(way), cacert: certificates().ca } })
    expect(counts).toMatchObject({ lane: { lane: 'undici', reason: 'a proxy is used' }, completed: 100, failed: 0, statuses: { 200: 100 } })
  }
  expect(heads).toHaveLength(200)
  expect(heads.filter((head) => head['proxy-authorization'] !== undefined)).toEqual([])
  expect(proxy.requests()).toHaveLength(200)
  expect(proxy.requests()[0]).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/cart\?n=\d+ HTTP\/1\.1 200$/)
  const refused = await runTask(url, { ...job, transport: { proxy: withCredentials(proxy.url, 'me:wrong') } })
  expect(refused).toMatchObject({ failed: 100, statuses: { 407: 100 } })
  expect(heads).toHaveLength(200)
})

it('a TLS target is reached through a tunnel, also when the way to the proxy is TLS itself', async () => {
  const asked: (string | undefined)[] = []
  const made = certificates()
  const target = https.createServer(made.good, (_, response) => void response.end('ok'))
  const url = `https://localhost:${await portOf(closing(target))}/`
  for (const proxy of [http.createServer(), https.createServer(made.good)]) {
    proxy.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
      asked.push(request.headers['proxy-authorization'])
      const [, port] = request.url!.split(':')
      const through = net.connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connected\r\n\r\n')
        through.pipe(socket).pipe(through)
      })
      through.on('error', () => socket.destroy())
      socket.on('error', () => through.destroy())
    })
    const way = `${proxy instanceof https.Server ? 'https' : 'http'}://localhost:${await portOf(proxy)}`
    onTestFinished(() => (proxy.closeAllConnections(), void proxy.close()))
    expect(await runTask(url, { load: { connections: 2, requests: 50 }, transport: { proxy: withCredentials(way) } })).toMatchObject({ completed: 50, failed: 0, statuses: { 200: 50 } })
  }
  expect(new Set(asked)).toEqual(new Set([`Basic ${Buffer.from('me:secret').toString('base64')}`]))
})
