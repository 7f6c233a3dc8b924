import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ANSWERS, GOOD } from './answers.ts'
import type { Answer, Result } from './answers.ts'
import { HostileServer, bytesOf } from './hostile-server.ts'
import { LaneDriver } from './lane-driver.ts'
import type { Http1LaneName, Outcome } from './lane-driver.ts'

/** What a truncated answer may look like from outside. */
const CUT_SHORT = ['eof', 'protocol', 'reset']

const server = new HostileServer()

function expectedOn(name: Http1LaneName, { expected }: Answer): Result {
  return typeof expected === 'object' ? expected[name] : expected
}

function bodyOn(name: Http1LaneName, { body }: Answer): string | undefined {
  return typeof body === 'object' ? body[name] : body
}

/** Sends one, and waits until neither side has anything left to say about it. */
async function exchange(driver: LaneDriver): Promise<Outcome> {
  const outcome = await driver.send()
  await server.settled()
  return outcome
}

async function recovers(driver: LaneDriver, head: boolean): Promise<void> {
  server.behave(GOOD)
  const outcome = await exchange(driver)
  expect(outcome).toMatchObject({ result: 200, body: head ? '' : 'good' })
  expect(driver.imbalance).toBe(0)
  expect(driver.lane.inFlight + driver.lane.queued).toBe(0)
}

/** The whole table on one lane; one file per lane, so that they run side by side. */
export function describeAnswers(name: Http1LaneName): void {
  beforeAll(() => server.listen())
  afterAll(() => server.close())

  describe.each(ANSWERS)('given $name', (answer) => {
    const expected = expectedOn(name, answer)
    const length = bytesOf(answer.steps).length

    function drive(): LaneDriver {
      return new LaneDriver(name, { url: `http://127.0.0.1:${server.port}/`, ...(answer.request === undefined ? {} : { request: answer.request }) })
    }

    it(`ends with ${expected}`, async () => {
      const driver = drive()
      server.behave(answer.steps)
      const outcome = await exchange(driver)
      expect(outcome.result, outcome.message).toBe(expected)
      const body = bodyOn(name, answer)
      if (body !== undefined && typeof outcome.result === 'number') expect(outcome.body).toBe(body)
      await recovers(driver, answer.request?.method === 'HEAD')
    })

    it('ends the same when it comes in two parts, wherever the cut', async () => {
      const driver = drive()
      for (let at = 1; at < length; at++) {
        server.behave(answer.steps, { mode: 'split', at })
        const outcome = await exchange(driver)
        expect(outcome.result, `cut at ${at}: ${outcome.message}`).toBe(expected)
      }
      await recovers(driver, answer.request?.method === 'HEAD')
    })

    it('fails, and neither hangs nor breaks, when it stops early, wherever that is', async () => {
      const driver = drive()
      const completeAt = answer.completeAt ?? length
      for (let at = 0; at < length; at++) {
        server.behave(answer.steps, { mode: 'truncate', at })
        const outcome = await exchange(driver)
        const allowed = at < completeAt ? CUT_SHORT : [...CUT_SHORT, expected]
        expect(allowed, `cut at ${at}: ${outcome.message}`).toContain(outcome.result)
      }
      await recovers(driver, answer.request?.method === 'HEAD')
    })
  })
}
