import http from 'node:http'
import { describe, expect, it } from 'vitest'
import { createHttp1Lane } from '../../../../src/main/engine/lanes/http1-lane.ts'
import type { LaneOptions } from '../../../../src/main/engine/lanes/lane.ts'
import { createUndiciLane } from '../../../../src/main/engine/lanes/undici-lane.ts'
import { LANES, LaneDriver } from '../../../conformance/lane-driver.ts'
import { closing, portOf } from '../../../support/closing.ts'

/** A target that answers when it is told to. */
async function holding(): Promise<{ url: string; held: http.ServerResponse[] }> {
  const held: http.ServerResponse[] = []
  const server = http.createServer((_request, response) => held.push(response))
  const port = await portOf(server)
  closing({ close: () => (server.closeAllConnections(), server.close()) })
  return { url: `http://127.0.0.1:${port}/`, held }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

describe.each(LANES)('what waits in the %s lane', (name) => {
  it('never leaves once nothing may be sent, and what is under way ends as it would', async () => {
    const { url, held } = await holding()
    const state = { open: true }
    const driver = new LaneDriver(name, { url }, { maxConnections: 1, mayLeave: () => state.open })
    const outcomes = [driver.send(), driver.send(), driver.send()]
    await until(() => held.length === 1)
    state.open = false
    held[0]!.end('late')
    expect((await Promise.all(outcomes)).map(({ result }) => result)).toEqual([200, 'dropped', 'dropped'])
    expect([held.length, driver.lane.queued, driver.imbalance]).toEqual([1, 0, 0])
    state.open = true
    const next = driver.send()
    await until(() => held.length === 2)
    held[1]!.end()
    expect((await next).result).toBe(200)
  })

  it('gets more connections when the bound is raised while it runs', async () => {
    const { url, held } = await holding()
    let bounds: LaneOptions | null = null
    const driver = new LaneDriver((request, options, sink) => {
      bounds = options
      return (name === 'http1' ? createHttp1Lane : createUndiciLane)(request, options, sink)
    }, { url }, { maxConnections: 1 })
    const outcomes = [driver.send(), driver.send(), driver.send()]
    await until(() => held.length === 1)
    expect(driver.lane.queued).toBe(2)
    Object.assign(bounds!, { maxConnections: 3 })
    await until(() => held.length === 3)
    for (const response of held) response.end()
    expect((await Promise.all(outcomes)).map(({ result }) => result)).toEqual([200, 200, 200])
  })
})
