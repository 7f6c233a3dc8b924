import http from 'node:http'
import net from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { LaneOptions } from '../../../../src/main/engine/lanes/lane.ts'
import { LaneDriver } from '../../../conformance/lane-driver.ts'
import type { Target } from '../../../conformance/lane-driver.ts'

const cleanUp: (() => unknown)[] = []

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})

/** A server on a free port of this machine. */
async function serve(listener: http.RequestListener, host = '127.0.0.1'): Promise<{ url: string; server: http.Server }> {
  const server = http.createServer({ keepAliveTimeout: 60_000 }, listener).listen(0, host)
  await once(server, 'listening')
  cleanUp.push(() => server.closeAllConnections(), () => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server }
}

function drive(target: Target, options: Partial<LaneOptions> = {}): LaneDriver {
  const driver = new LaneDriver('http1', target, options)
  cleanUp.push(() => driver.close())
  return driver
}

/** Awaits a condition that events bring about. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

describe('the raw HTTP/1.1 lane', () => {
  it('sends body and headers as compiled, again and again on one connection', async () => {
    const seen: string[] = []
    const sockets = new Set<net.Socket>()
    const { url } = await serve((request, response) => {
      sockets.add(request.socket)
      request.on('data', (chunk) => seen.push(`${request.method} ${String(request.headers['x-a'])} ${chunk}`))
      request.on('end', () => response.end('ok'))
    })
    const driver = drive({ url, request: { method: 'POST', body: 'hällo', headers: { 'X-A': 'b' } } })
    for (let i = 0; i < 5; i++) expect(await driver.send()).toMatchObject({ result: 200, body: 'ok' })
    expect(seen).toEqual(Array(5).fill('POST b hällo'))
    expect(sockets.size).toBe(1)
  })

  it('does not wait for the content of an answer to HEAD', async () => {
    const { url } = await serve((_request, response) => response.setHeader('Content-Length', 1000).end())
    const driver = drive({ url, request: { method: 'HEAD' } })
    for (let i = 0; i < 3; i++) expect(await driver.send()).toMatchObject({ result: 200, body: '' })
    expect(driver.connected).toHaveLength(1)
  })

  it('uses the connection that was used last, so that the others may grow old', async () => {
    const served: number[] = []
    const { url, server } = await serve((request, response) => {
      served.push(request.socket.remotePort!)
      response.end()
    })
    const driver = drive({ url })
    await driver.lane.warm(3)
    await until(() => server.connections === 3 || driver.lane.connections === 3)
    for (let i = 0; i < 6; i++) await driver.send()
    expect(new Set(served).size).toBe(1)
    expect(driver.connected).toHaveLength(3)
  })

  it('opens only as many connections as iterations wait for, a few per turn', async () => {
    let answer = (): void => undefined
    const gate = new Promise<void>((resolve) => (answer = resolve))
    const { url } = await serve((_request, response) => void gate.then(() => response.end()))
    const driver = drive({ url }, { maxConnections: 50, connectsPerTurn: 2 })
    const outcomes = Array.from({ length: 7 }, () => driver.send())
    await until(() => driver.lane.inFlight === 7)
    expect(driver.connected).toHaveLength(7)
    answer()
    expect((await Promise.all(outcomes)).map((one) => one.result)).toEqual(Array(7).fill(200))
    expect(driver.connected).toHaveLength(7)
  })

  it('lets the server close first when connections are not kept, for whoever does keeps the port', async () => {
    const open: net.Socket[] = []
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      open.push(socket)
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    cleanUp.push(() => server.close(), () => open.forEach((socket) => socket.destroy()))
    const driver = drive({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, transport: { keepAlive: false } })
    for (let i = 0; i < 5; i++) expect((await driver.send()).result).toBe(200)
    expect([open.length, driver.lane.connections]).toEqual([5, 0])
    expect(open.some((socket) => socket.readableEnded)).toBe(false)
    for (const socket of open) socket.end()
    await until(() => open.every((socket) => socket.readableEnded))
  })

  it('counts a kept connection that the server closes instead of answering, and does not send again', async () => {
    let requests = 0
    const { url } = await serve((request, response) => (++requests === 2 ? request.socket.destroy() : response.end()))
    const driver = drive({ url })
    expect((await driver.send()).result).toBe(200)
    expect(await driver.send()).toMatchObject({ result: 'eof', bytesReceived: 0 })
    expect((await driver.send()).result).toBe(200)
    expect(requests).toBe(3)
  })

  it('finds the family that localhost is served on, and fails nothing on the way', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const served = await serve((_request, response) => response.end(), host).catch(() => null)
      if (served === null) continue
      const driver = drive({ url: served.url.replace('127.0.0.1', 'localhost') })
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => driver.send()))
      expect(outcomes.map((one) => one.result)).toEqual(Array(8).fill(200))
    }
  })

  it('does not ask a dead target more than some times while a thousand iterations fail', async () => {
    const { url, server } = await serve((_request, response) => response.end())
    server.close()
    await once(server, 'close')
    const attempts = countConnects()
    const driver = drive({ url }, { maxInFlight: 1000, maxConnections: 1000, connectsPerTurn: 4 })
    for (let round = 0; round < 10; round++) {
      const outcomes = await Promise.all(Array.from({ length: 100 }, () => driver.send()))
      expect(new Set(outcomes.map((one) => one.result))).toEqual(new Set(['refused']))
      expect(driver.lane.queued).toBe(0)
    }
    expect(attempts()).toBeLessThan(50)
    expect(driver.imbalance).toBe(0)
  })

  it('sends the next one from within the end of the last, as the closed model does', async () => {
    const { url } = await serve((_request, response) => response.end())
    const driver = drive({ url }, { maxConnections: 2 })
    let left = 50
    const next = async (): Promise<void> => {
      for (; left > 0; left--) expect((await driver.send()).result).toBe(200)
    }
    await Promise.all([next(), next()])
    expect(driver.idles).toBe(driver.ledger.done)
    expect(driver.connected).toHaveLength(2)
  })

  it('answers of a server that freezes are late, not lost', async () => {
    const { url, server } = await serve((_request, response) => response.end())
    const driver = drive({ url }, { maxConnections: 3 })
    await driver.lane.warm(3)
    server.removeAllListeners('request')
    const held: http.ServerResponse[] = []
    server.on('request', (_request, response) => held.push(response))
    const outcomes = Array.from({ length: 20 }, () => driver.send())
    await until(() => held.length === 3)
    expect([driver.lane.inFlight, driver.lane.queued]).toEqual([3, 17])
    server.on('request', (_request, response) => response.end())
    for (const response of held) response.end()
    expect((await Promise.all(outcomes)).map((one) => one.result)).toEqual(Array(20).fill(200))
  })

  it('refuses to send once it is closed, and reports what waited', async () => {
    const { url } = await serve(() => undefined)
    const driver = drive({ url }, { maxConnections: 1 })
    const [first, second] = [driver.send(), driver.send()]
    await until(() => driver.lane.inFlight === 1)
    driver.lane.close()
    expect((await second).result).toBe('dropped')
    await expect(driver.send()).rejects.toThrow('refused')
    driver.lane.cancel(performance.now())
    expect((await first).result).toBe('cancelled')
    expect([driver.lane.inFlight, driver.lane.queued, driver.lane.connections]).toEqual([0, 0, 0])
  })
})

/** Attempts to connect from now on, counted by Node itself. */
function countConnects(): () => number {
  let count = 0
  const original = net.Socket.prototype.connect
  net.Socket.prototype.connect = function (this: net.Socket, ...args: Parameters<typeof original>) {
    count++
    return original.apply(this, args)
  } as typeof original
  cleanUp.push(() => (net.Socket.prototype.connect = original))
  return () => count
}
