import http from 'node:http'
import net from 'node:net'
import { describe, expect, it } from 'vitest'
import { LaneDriver } from '../../../conformance/lane-driver.ts'
import { HostileServer } from '../../../conformance/hostile-server.ts'
import { GOOD } from '../../../conformance/answers.ts'
import { certificates } from '../../../support/certificates.ts'
import { closing, portOf } from '../../../support/closing.ts'
import type { TransportSpec } from '../../../../src/shared/task/task.ts'

const made = certificates()

function drive(url: string, transport: Partial<TransportSpec>, options: ConstructorParameters<typeof LaneDriver>[2] = {}): LaneDriver {
  return new LaneDriver('undici', { url, transport: { cacert: made.ca, ...transport } }, options)
}

describe('the undici lane through a proxy', () => {
  async function proxy(connectStatus = 200) {
    const seen: { line: string; auth: string | undefined }[] = []
    const server = http.createServer((request, response) => {
      seen.push({ line: `${request.method} ${request.url}`, auth: request.headers['proxy-authorization'] })
      response.end('by proxy')
    })
    server.on('connect', (request, socket) => {
      seen.push({ line: `CONNECT ${request.url}`, auth: request.headers['proxy-authorization'] })
      socket.on('error', () => {})
      if (connectStatus !== 200) return socket.end(`HTTP/1.1 ${connectStatus} No\r\n\r\n`)
      const [host, port] = request.url!.split(':')
      const target = net.connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connected\r\n\r\n')
        target.pipe(socket).pipe(target)
      })
      target.on('error', () => socket.destroy())
    })
    const port = await portOf(server)
    closing({ close: () => (server.closeAllConnections(), server.close()) })
    return { url: `http://me:secret@127.0.0.1:${port}`, seen }
  }

  const CREDENTIALS = `Basic ${Buffer.from('me:secret').toString('base64')}`

  it('hands plain requests over whole, with the credentials of the proxy', async () => {
    const { url, seen } = await proxy()
    const driver = drive('http://shop.invalid/cart', { proxy: url })
    expect(await driver.send()).toMatchObject({ result: 200, body: 'by proxy' })
    expect(seen).toEqual([{ line: 'GET http://shop.invalid:80/cart', auth: CREDENTIALS }])
  })

  it('tunnels to a TLS target and checks its certificate', async () => {
    const { url, seen } = await proxy()
    const server = closing(await new HostileServer().listen())
    server.greeting = { certificate: made.good }
    server.behave(GOOD)
    const driver = drive(`https://127.0.0.1:${server.port}/`, { proxy: url })
    expect(await driver.send()).toMatchObject({ result: 200, body: 'good' })
    expect(await driver.send()).toMatchObject({ result: 200, body: 'good' })
    expect(seen).toEqual([{ line: `CONNECT 127.0.0.1:${server.port}`, auth: CREDENTIALS }])
    expect(server.requests.join('')).not.toContain('Proxy-Authorization')
  })

  it('names a proxy that refuses the tunnel', async () => {
    const { url } = await proxy(403)
    expect(await drive('https://shop.invalid/', { proxy: url }).send()).toMatchObject({ result: 'other', message: 'the proxy refused the tunnel with 403' })
  })

  it('names a proxy that does not speak HTTP, ends early, or is not there', async () => {
    const server = closing(await new HostileServer().listen())
    server.greeting = { write: 'SSH-2.0-x\r\n\r\n' }
    const through = { proxy: `http://127.0.0.1:${server.port}` }
    expect(await drive('https://shop.invalid/', through).send()).toMatchObject({ result: 'protocol' })
    server.greeting = { write: '' }
    expect(await drive('https://shop.invalid/', through).send()).toMatchObject({ result: 'eof' })
    server.greeting = 'silent'
    expect(await drive('https://shop.invalid/', through, { timeoutMs: 100 }).send()).toMatchObject({ result: 'connect-timeout' })
    await server.close()
    expect(await drive('https://shop.invalid/', through).send()).toMatchObject({ result: 'refused' })
    await server.listen()
  })
})
