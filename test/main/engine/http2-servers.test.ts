import { describe, expect, it, onTestFinished } from 'vitest'
import { createEngine } from '../../../src/main/engine/engine.ts'
import type { LaneChoice } from '../../../src/main/engine/plan.ts'
import { compileLoad } from '../../../src/shared/load.ts'
import type { Sample } from '../../../src/shared/sample.ts'
import type { LoadSpec, RequestSpec, TransportSpec } from '../../../src/shared/task.ts'
import { specOf } from '../../conformance/lane-driver.ts'
import { certificates } from '../../support/certificates.ts'
import { startNghttpd } from '../../support/nghttpd.ts'
import { startNginx } from '../../support/nginx.ts'

/** The engine over HTTP/2 against servers that were not written here: both sides count the same. */
const engine = createEngine({
  thread: new URL('../../../src/main/engine/engine-thread.ts', import.meta.url),
  ticker: new URL('../../../src/main/engine/ticker-thread.ts', import.meta.url),
})

interface Job {
  load: LoadSpec
  request?: Partial<RequestSpec>
  transport?: Partial<TransportSpec>
  checks?: string[]
  threads?: number
}

interface Counts {
  lane: LaneChoice
  planned: number
  completed: number
  failed: number
  requests: number
  statuses: Record<string, number>
  errors: string[]
  connects: number
}

async function run(url: string, { load, request, transport, checks, threads }: Job): Promise<Counts> {
  const spec = { ...specOf({ url, ...(request === undefined ? {} : { request }), transport: { cacert: certificates().ca, ...transport } }), load, checks: checks ?? [] }
  const begun = await engine.prepare({ runId: 'run', spec, load: compileLoad(load), share: [{ from: 0, to: 1 }], threads: threads ?? 1, seed: 1 })
  begun.begin(Date.now())
  const counts: Counts = { lane: begun.lane, planned: 0, completed: 0, failed: 0, requests: 0, statuses: {}, errors: [], connects: 0 }
  for await (const sample of begun.samples()) add(counts, sample)
  return counts
}

function add(counts: Counts, { tally, connections }: Sample): void {
  for (const name of ['planned', 'completed', 'failed', 'requests'] as const) counts[name] += tally[name]
  for (const [status, count] of Object.entries(tally.statuses)) counts.statuses[status] = (counts.statuses[status] ?? 0) + count
  counts.errors.push(...tally.errors.map(({ kind, message }) => `${kind}: ${message}`))
  counts.connects = Math.max(counts.connects, connections)
}

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
    const counts = await run(server.http2Url, { load: { rate: 500, duration: '2s' } })
    expect(counts).toMatchObject({ lane: { lane: 'http2', reason: 'the server speaks HTTP/2' }, planned: 1000, completed: 1000, failed: 0, statuses: { 200: 1000 } })
    expect(await server.requests()).toBe(1000)
  })

  it('many users share few connections, on several threads', async () => {
    const server = await nginx()
    const counts = await run(server.http2Url, { load: { connections: 60, requests: 6000 }, threads: 2, transport: { protocol: 'http2' } })
    expect(counts).toMatchObject({ completed: 6000, failed: 0, connects: 2 })
    expect(await server.requests()).toBe(6000)
  })

  it('nothing is lost when the server ends connections by GOAWAY, again and again', async () => {
    const server = await nginx({ keepaliveRequests: 50 })
    const counts = await run(server.http2Url, { load: { connections: 20, requests: 5000 } })
    expect(counts.errors).toEqual([])
    expect(counts).toMatchObject({ completed: 5000, failed: 0, statuses: { 200: 5000 } })
    expect(await server.requests()).toBe(5000)
    // What the server had not looked at was sent again.
    expect(counts.requests).toBeGreaterThanOrEqual(5000)
  })

  it('checks read head and content', async () => {
    const server = await nginx()
    const good = await run(server.http2Url, { load: { connections: 5, requests: 200 }, checks: ['body contains "ok"', 'header server contains "nginx"', 'size == 100b'] })
    expect(good).toMatchObject({ completed: 200, failed: 0 })
    const poor = await run(server.http2Url, { load: { connections: 5, requests: 200 }, checks: ['header x-none exists'] })
    expect(poor).toMatchObject({ completed: 200, failed: 200, errors: ['check: header x-none exists'] })
  })

  it('bodies arrive', async () => {
    const server = await nginx()
    const counts = await run(server.http2Url, { load: { connections: 10, requests: 300 }, request: { method: 'POST', body: 'x'.repeat(200_000) } })
    expect(counts).toMatchObject({ completed: 300, failed: 0 })
    expect(await server.requests()).toBe(300)
  })
})

describe('against nghttpd without TLS', () => {
  it('counts agree, for a rate and for a closed load', async () => {
    const server = await nghttpd()
    expect(await run(server.url, { load: { rate: 300, duration: '1s' }, transport: { protocol: 'http2' } })).toMatchObject({ lane: { lane: 'http2' }, completed: 300, failed: 0, statuses: { 200: 300 } })
    expect(server.requests()).toBe(300)
    expect(await run(server.url, { load: { connections: 30, requests: 1000 }, transport: { protocol: 'http2' } })).toMatchObject({ completed: 1000, failed: 0, connects: 1 })
    expect(server.requests()).toBe(1300)
  })

  it('bodies larger than the first window arrive', async () => {
    const server = await nghttpd()
    const counts = await run(server.url, { load: { connections: 4, requests: 40 }, request: { method: 'POST', body: 'x'.repeat(1_000_000) }, transport: { protocol: 'http2' } })
    expect(counts).toMatchObject({ completed: 40, failed: 0 })
    expect(server.requests()).toBe(40)
  })
})
