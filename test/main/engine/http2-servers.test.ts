import { describe, expect, it, onTestFinished } from 'vitest'
import { runTask } from '../../support/engine-run.ts'
import { startNghttpd } from '../../support/nghttpd.ts'
import { startNginx } from '../../support/nginx.ts'

/** The engine over HTTP/2 against servers that were not written here: both sides count the same. */

async function nginx(options: Parameters<typeof startNginx>[0] = {}) {
  const server = await startNginx(options)
  onTestFinished(() => server.stop())
  return server
}

async function nghttpd() {
  const server = await startNghttpd()
  onTestFinished(() => server.stop())
  return server
}

describe('against nginx over TLS', () => {
  it('a rate is held and counted to the request, found out by one handshake', async () => {
    const server = await nginx()
    const counts = await runTask(server.http2Url, { load: { rate: 500, duration: '2s' } })
    expect(counts).toMatchObject({ lane: { lane: 'http2', reason: 'the server speaks HTTP/2' }, planned: 1000, completed: 1000, failed: 0, statuses: { 200: 1000 } })
    expect(await server.requests()).toBe(1000)
  })

  it('many users share few connections, on several threads', async () => {
    const server = await nginx()
    const counts = await runTask(server.http2Url, { load: { connections: 60, requests: 6000 }, threads: 2, transport: { protocol: 'http2' } })
    expect(counts).toMatchObject({ completed: 6000, failed: 0, connections: 2 })
    expect(await server.requests()).toBe(6000)
  })

  it('nothing is lost when the server ends connections by GOAWAY, again and again', async () => {
    const server = await nginx({ keepaliveRequests: 50 })
    const counts = await runTask(server.http2Url, { load: { connections: 20, requests: 5000 } })
    expect(counts.errors).toEqual([])
    expect(counts).toMatchObject({ completed: 5000, failed: 0, statuses: { 200: 5000 } })
    expect(await server.requests()).toBe(5000)
    // What the server had not looked at was sent again.
    expect(counts.requests).toBeGreaterThanOrEqual(5000)
  })

  it('checks read head and content', async () => {
    const server = await nginx()
    const good = await runTask(server.http2Url, { load: { connections: 5, requests: 200 }, checks: ['body contains "ok"', 'header server contains "nginx"', 'size == 100b'] })
    expect(good).toMatchObject({ completed: 200, failed: 0 })
    const poor = await runTask(server.http2Url, { load: { connections: 5, requests: 200 }, checks: ['header x-none exists'] })
    expect(poor).toMatchObject({ completed: 200, failed: 200, errors: ['check: header x-none exists'] })
  })

  it('bodies arrive', async () => {
    const server = await nginx()
    const counts = await runTask(server.http2Url, { load: { connections: 10, requests: 300 }, request: { method: 'POST', body: 'x'.repeat(200_000) } })
    expect(counts).toMatchObject({ completed: 300, failed: 0 })
    expect(await server.requests()).toBe(300)
  })
})

describe('against nghttpd without TLS', () => {
  it('counts agree, for a rate and for a closed load', async () => {
    const server = await nghttpd()
    expect(await runTask(server.url, { load: { rate: 300, duration: '1s' }, transport: { protocol: 'http2' } })).toMatchObject({ lane: { lane: 'http2' }, completed: 300, failed: 0, statuses: { 200: 300 } })
    expect(server.requests()).toBe(300)
    expect(await runTask(server.url, { load: { connections: 30, requests: 1000 }, transport: { protocol: 'http2' } })).toMatchObject({ completed: 1000, failed: 0, connections: 1 })
    expect(server.requests()).toBe(1300)
  })

  it('bodies larger than the first window arrive', async () => {
    const server = await nghttpd()
    const counts = await runTask(server.url, { load: { connections: 4, requests: 40 }, request: { method: 'POST', body: 'x'.repeat(1_000_000) }, transport: { protocol: 'http2' } })
    expect(counts).toMatchObject({ completed: 40, failed: 0 })
    expect(server.requests()).toBe(40)
  })
})
