import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { GOOD } from './answers.ts'
import { HostileServer } from './hostile-server.ts'
import { LANES, LaneDriver } from './lane-driver.ts'
import type { Http1LaneName } from './lane-driver.ts'

const near = new HostileServer()
const far = new HostileServer()
beforeAll(() => Promise.all([near.listen(), far.listen()]))
afterAll(() => Promise.all([near.close(), far.close()]))
afterEach(() => {
  near.requests.length = 0
  far.requests.length = 0
})

const SECRETS = { Authorization: 'Bearer secret', Cookie: 'id=1' }

function to(location: string, status = 302) {
  return { write: `HTTP/1.1 ${status} Elsewhere\r\nLocation: ${location}\r\nContent-Length: 4\r\n\r\nthis` }
}

function drive(name: Http1LaneName, method = 'GET'): LaneDriver {
  return new LaneDriver(name, { url: `http://127.0.0.1:${near.port}/start`, request: { method, headers: SECRETS, ...(method === 'POST' ? { body: 'data' } : {}) }, transport: { follow: true } })
}

describe.each(LANES)('the %s lane, redirected', (name) => {
  // The raw lane does not follow: chooseLane never gives it a task that asks for that. It reports what came.
  const follows = name === 'undici'

  it('to itself without end, fails as a loop', async () => {
    const driver = drive(name)
    near.behave([to('/start')])
    expect(await driver.send()).toMatchObject(follows ? { result: 'protocol', message: 'redirect loop' } : { result: 302, body: 'this' })
    near.behave(GOOD)
    expect(await driver.send()).toMatchObject({ result: 200 })
    expect(driver.imbalance).toBe(0)
  })

  it('ever further, stops after ten', async () => {
    const driver = drive(name)
    near.behave([to('deeper/')])
    expect(await driver.send()).toMatchObject(follows ? { result: 'protocol', message: 'more than 10 redirects' } : { result: 302 })
    expect(near.requests).toHaveLength(follows ? 11 : 1)
    expect(driver.sent + driver.hops).toBe(near.requests.length)
    expect(driver.ledger.accepted).toBe(1)
  })

  it('to a foreign host, follows without secrets', async () => {
    const driver = drive(name)
    near.behave([to(`http://127.0.0.1:${far.port}/landed`, 307)])
    far.behave(GOOD)
    expect(await driver.send()).toMatchObject(follows ? { result: 200, body: 'good' } : { result: 307 })
    expect(far.requests).toHaveLength(follows ? 1 : 0)
    expect(far.requests.join('')).not.toMatch(/secret|cookie/i)
    expect(near.requests.join('')).toMatch(/Bearer secret/)
    near.behave(GOOD)
    expect(await driver.send()).toMatchObject({ result: 200 })
    expect(driver.imbalance).toBe(0)
  })

  it('to a foreign host that refuses, fails with what that host did', async () => {
    const driver = drive(name)
    const gone = await new HostileServer().listen()
    await gone.close()
    near.behave([to(`http://127.0.0.1:${gone.port}/`)])
    const outcome = await driver.send()
    expect(outcome.result).toBe(follows ? 'refused' : 302)
    expect(outcome.sentAt).toBeGreaterThan(0)
  })

  it('after a POST, asks again with GET', async () => {
    const driver = drive(name, 'POST')
    near.behave([to(`http://127.0.0.1:${far.port}/form`, 303)])
    far.behave(GOOD)
    expect(await driver.send()).toMatchObject({ result: follows ? 200 : 303 })
    if (follows) expect(far.requests[0]).toMatch(/^GET \/form HTTP/)
  })

  it('without a Location, reports the status', async () => {
    const driver = drive(name)
    near.behave([{ write: 'HTTP/1.1 302 Nowhere\r\nContent-Length: 0\r\n\r\n' }])
    expect(await driver.send()).toMatchObject({ result: 302 })
  })

  it('to something that is no URL of HTTP, fails', async () => {
    const driver = drive(name)
    near.behave([to('mailto:someone@example.invalid')])
    expect(await driver.send()).toMatchObject({ result: follows ? 'protocol' : 302 })
    near.behave(GOOD)
    expect(await driver.send()).toMatchObject({ result: 200 })
  })
})
