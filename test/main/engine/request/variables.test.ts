import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished, describe, expect, it } from 'vitest'
import { createEngine } from '../../../../src/main/engine/engine.ts'
import { steadyNow } from '../../../../src/shared/clock.ts'
import { compileLoad } from '../../../../src/shared/task/load.ts'
import { subdivide } from '../../../../src/shared/cluster/split.ts'
import { taskLoad } from '../../../../src/shared/task/task-load.ts'
import { requireTaskSpec } from '../../../../src/shared/task/task-schema.ts'
import type { LoadSpec, TransportSpec } from '../../../../src/shared/task/task.ts'

const engine = createEngine({
  thread: new URL('../../../../src/main/engine/engine-thread.ts', import.meta.url),
  ticker: new URL('../../../../src/main/engine/ticker-thread.ts', import.meta.url),
})

interface Seen {
  url: string
  header: string
  body: string
}

/** A real server that remembers what it was asked. */
async function startServer(http2: boolean): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const answer = (request: IncomingMessage | Http2ServerRequest, end: () => void): void => {
    void text(request).then((body) => {
      seen.push({ url: request.url ?? '', header: String(request.headers['x-n']), body })
      end()
    })
  }
  const server = http2 ? createHttp2Server((request, response) => answer(request, () => response.end('ok'))) : createServer((request, response) => answer(request, () => response.end('ok')))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

/** Two nodes of the same run, with several threads each. */
async function runOnTwo(url: string, load: LoadSpec, transport: Partial<TransportSpec> = {}): Promise<void> {
  const spec = requireTaskSpec({ load, request: { method: 'POST', url: `${url}/{{seq}}?r={{int 1 1000000}}`, headers: { 'x-n': '{{seq}}' }, body: '{"n":{{seq}},"v":"{{vars.v}}"}' }, vars: { v: 'a"b' }, transport })
  const runs = await Promise.all(subdivide([{ from: 0, to: 1 }], 2).map((share) => engine.prepare({ runId: 'run', spec, load: compileLoad(spec.load), share, threads: 2, seed: 5 })))
  const startAt = steadyNow() + 20
  await Promise.all(runs.map(async (run) => {
    run.begin(startAt)
    for await (const sample of run.samples()) expect(sample.errorSamples).toEqual([])
  }))
}

describe('variables in a run over two nodes with two threads each', () => {
  it.each<[string, LoadSpec, Partial<TransportSpec>]>([
    ['at a target rate', { rate: 300, duration: '1s' }, {}],
    ['at random arrivals', { rate: 300, duration: '1s', arrivals: 'poisson' }, {}],
    ['by virtual users', { connections: 8, requests: 300 }, {}],
    ['over HTTP/2', { connections: 8, requests: 300 }, { protocol: 'http2' }],
    ['with redirects followed', { connections: 8, requests: 300 }, { follow: true }],
  ])('%s say every number once, the same in all places of a request', async (_, load, transport) => {
    const { url, seen } = await startServer(transport.protocol === 'http2')
    await runOnTwo(url, load, transport)
    const numbers = seen.map(({ url: path }) => Number(/^\/(\d+)\?/.exec(path)?.[1])).sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 300 }, (_unused, i) => i + 1))
    for (const { url: path, header, body } of seen) {
      expect(JSON.parse(body)).toEqual({ n: Number(header), v: 'a"b' })
      expect(path).toMatch(new RegExp(`^/${header}\\?r=\\d+$`))
    }
    expect(new Set(seen.map(({ url: path }) => path.split('=')[1])).size).toBeGreaterThan(290)
  })

  it.each<[string, LoadSpec]>([
    ['at a target rate', { rate: 300, duration: '1s' }],
    ['by virtual users', { connections: 8, duration: '5s' }],
  ])('%s use each row of unique data once, whole, and end with the last one', async (_, load) => {
    const { url, seen } = await startServer(false)
    const content = `id,token\n${Array.from({ length: 200 }, (_unused, i) => `u${i},t${i}`).join('\n')}`
    const spec = requireTaskSpec({ load, request: { method: 'POST', url: `${url}/{{users.id}}`, headers: { 'x-n': '{{users.token}}' }, body: '{{pool.id}}' }, data: { users: { csv: 'users.csv', content, mode: 'unique' }, pool: { csv: 'pool.csv', content, mode: 'random' } } })
    const plan = { runId: 'run', spec, load: taskLoad(spec).load, threads: 2, seed: 5 }
    const runs = await Promise.all(subdivide([{ from: 0, to: 1 }], 2).map((share) => engine.prepare({ ...plan, share })))
    await Promise.all(runs.map(async (run) => {
      run.begin(steadyNow())
      for await (const sample of run.samples()) expect([sample.errorSamples, sample.tally.dropped]).toEqual([[], 0])
    }))
    expect(seen.map((one) => one.url).sort()).toEqual(Array.from({ length: 200 }, (_unused, i) => `/u${i}`).sort())
    for (const { url: path, header } of seen) expect(header).toBe(path.replace('/u', 't'))
    expect(new Set(seen.map(({ body }) => body)).size).toBeGreaterThan(80)
  })

  it('never use a row of unique data again, even if the load does not end with them', async () => {
    const { url, seen } = await startServer(false)
    const spec = requireTaskSpec({ load: { rate: 200, duration: '1s' }, request: { url: `${url}/{{users.id}}` }, data: { users: { csv: 'users.csv', content: 'id\n1\n2\n3\n', mode: 'unique' } } })
    const run = await engine.prepare({ runId: 'run', spec, load: compileLoad(spec.load), share: [{ from: 0, to: 1 }], threads: 2, seed: 5 })
    run.begin(steadyNow())
    let dropped = 0
    for await (const sample of run.samples()) dropped += sample.tally.dropped
    expect([seen.map((one) => one.url).sort(), dropped]).toEqual([['/1', '/2', '/3'], 197])
  })
})
