import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GOOD, HEAD_ONLY, HTTP2_ANSWERS } from './http2-answers.ts'
import type { Http2Answer } from './http2-answers.ts'
import { Http2Peer } from './http2-peer.ts'
import { LaneDriver } from './lane-driver.ts'
import type { Outcome } from './lane-driver.ts'

/** What a truncated answer may look like from outside. */
const CUT_SHORT = ['eof', 'protocol', 'reset']
/** Long answers are cut at so many places. */
const MOST_CUTS = 120

const peer = new Http2Peer()
beforeAll(() => peer.listen())
afterAll(() => peer.close())

function drive({ request }: Http2Answer): LaneDriver {
  return new LaneDriver('http2', { url: `http://127.0.0.1:${peer.port}/`, transport: { protocol: 'http2' }, ...(request === undefined ? {} : { request }) })
}

/** Sends one, and waits until neither side has anything left to say about it. */
async function exchange(driver: LaneDriver): Promise<Outcome> {
  const outcome = await driver.send()
  await peer.settled()
  return outcome
}

async function recovers(driver: LaneDriver, { request }: Http2Answer): Promise<void> {
  const head = request?.method === 'HEAD'
  peer.behave(head ? HEAD_ONLY : GOOD)
  expect(await exchange(driver)).toMatchObject({ result: 200, body: head ? '' : 'good' })
  expect(driver.imbalance).toBe(0)
  expect(driver.lane.inFlight + driver.lane.queued).toBe(0)
}

function cutsOf(length: number): number[] {
  const step = Math.max(1, Math.floor(length / MOST_CUTS))
  return Array.from({ length: Math.ceil((length - 1) / step) }, (_, i) => 1 + i * step)
}

describe.each(HTTP2_ANSWERS)('the http2 lane, given $name', (answer) => {
  const { script, expected, says, body, head, afterwards } = answer
  const length = script(1).length

  it(`ends with ${expected}`, async () => {
    const driver = drive(answer)
    peer.behave(script, afterwards ?? null)
    const outcome = await exchange(driver)
    expect(outcome.result, outcome.message).toBe(expected)
    expect(outcome.message).toContain(says ?? '')
    if (body !== undefined) expect(outcome.body).toBe(body)
    if (head !== undefined) expect(outcome.head).toBe(head)
    await recovers(driver, answer)
  })

  it('ends the same when it comes in two parts, wherever the cut', async () => {
    const driver = drive(answer)
    for (const at of cutsOf(length)) {
      peer.behave(script, afterwards ?? null, { mode: 'split', at })
      const outcome = await exchange(driver)
      expect(outcome.result, `cut at ${at}: ${outcome.message}`).toBe(expected)
    }
    await recovers(driver, answer)
  })

  it('fails, and neither hangs nor breaks, when it stops early, wherever that is', async () => {
    const driver = drive(answer)
    for (const at of [0, ...cutsOf(length)]) {
      peer.behave(script, null, { mode: 'truncate', at })
      const outcome = await exchange(driver)
      const allowed = at < (answer.completeAt ?? length) ? CUT_SHORT : [...CUT_SHORT, expected]
      expect(allowed, `cut at ${at}: ${outcome.message}`).toContain(outcome.result)
    }
    await recovers(driver, answer)
  })
})
