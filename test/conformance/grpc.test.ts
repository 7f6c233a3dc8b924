import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GrpcCall } from '../../src/main/engine/lanes/grpc-reader.ts'
import { createGrpcLane } from '../../src/main/engine/lanes/grpc-lane.ts'
import { HpackDecoder } from '../../src/main/engine/lanes/hpack-decoder.ts'
import { END_STREAM, DATA, HEADERS } from '../../src/main/engine/lanes/http2-frames.ts'
import { LaneFailure } from '../../src/main/engine/lanes/lane-failure.ts'
import { readProto } from '../../src/main/proto/read-proto.ts'
import { SHOP_PROTO } from '../support/grpc-server.ts'
import { GOOD, GRPC_ANSWERS, content, message } from './grpc-answers.ts'
import type { GrpcAnswer } from './grpc-answers.ts'
import { Http2Peer } from './http2-peer.ts'
import { LaneDriver } from './lane-driver.ts'
import type { Outcome } from './lane-driver.ts'

/** The lane of gRPC, given ill-mannered servers. What messages mean is not its business, so here they are texts. */

const MOST_CUTS = 60
const peer = new Http2Peer()
const read = await readProto(SHOP_PROTO)
beforeAll(() => peer.listen())
afterAll(() => peer.close())

function drive(streams = false, show: GrpcCall['show'] = (bytes) => bytes): LaneDriver {
  const request = { method: 'POST', descriptor: read.ok ? read.descriptor : '', message: '{"sku":"a"}' }
  return new LaneDriver((compiled, options, sink) => createGrpcLane({ ...compiled, grpc: { streams, show } }, options, sink), { url: `grpc://127.0.0.1:${peer.port}/shop.v1.Cart/Add`, request })
}

async function exchange(driver: LaneDriver): Promise<Outcome> {
  const outcome = await driver.send()
  await peer.settled()
  return outcome
}

async function recovers(driver: LaneDriver): Promise<void> {
  peer.behave(GOOD)
  expect(await exchange(driver)).toMatchObject({ result: 200, body: 'good', grpc: { code: 0, messages: 1, bytes: 4 } })
  expect(driver.imbalance).toBe(0)
  expect(driver.lane.inFlight + driver.lane.queued).toBe(0)
}

function judge(outcome: Outcome, { expected, says, grpc, body, messages }: GrpcAnswer): void {
  expect(outcome.result, outcome.message).toBe(expected)
  expect(outcome.message).toContain(says ?? '')
  if (grpc !== undefined) expect(outcome.grpc?.text).toBe(grpc)
  if (body !== undefined) expect(outcome.body).toBe(body)
  if (messages !== undefined) expect(outcome.grpc?.messages).toBe(messages)
}

describe.each(GRPC_ANSWERS)('the gRPC lane, given $name', (answer) => {
  it(`ends with ${answer.grpc ?? answer.expected}, and goes on`, async () => {
    const driver = drive(answer.streams)
    peer.behave(answer.script, answer.afterwards ?? null)
    judge(await exchange(driver), answer)
    await recovers(driver)
  })

  it('ends the same when it comes in two parts, wherever the cut', async () => {
    const driver = drive(answer.streams)
    const { length } = answer.script(1)
    const step = Math.max(1, Math.floor(length / MOST_CUTS))
    for (let at = 1; at < length; at += step) {
      peer.behave(answer.script, answer.afterwards ?? null, { mode: 'split', at })
      judge(await exchange(driver), answer)
    }
    await recovers(driver)
  })
})

describe('the gRPC lane', () => {
  it('sends its message behind a prefix, and the fields that the protocol asks for', async () => {
    const driver = drive()
    peer.frames.length = 0
    peer.behave(GOOD)
    await exchange(driver)
    const [sent] = peer.frames.filter(({ type }) => type === DATA)
    expect(sent).toMatchObject({ flags: END_STREAM, payload: Buffer.from([0, 0, 0, 0, 3, 0x0a, 1, 0x61]) })
    const block = peer.frames.find(({ type }) => type === HEADERS)!.payload
    const fields: string[] = []
    new HpackDecoder().decode(block, 0, block.length, (name, value) => fields.push(`${name}: ${value}`))
    expect(fields).toEqual([
      ':method: POST', ':scheme: http', `:authority: 127.0.0.1:${peer.port}`, ':path: /shop.v1.Cart/Add',
      'te: trailers', 'grpc-timeout: 5000m', 'content-type: application/grpc', 'grpc-accept-encoding: identity', 'user-agent: stampede',
    ])
  })

  it('shows trailers as headers', async () => {
    const driver = drive()
    peer.behave(GOOD)
    expect((await exchange(driver)).head).toMatch(/^HTTP\/2 200\r\ncontent-type: application\/grpc\r\ngrpc-status: 0\r\n$/)
  })

  it('says so when the message is not what it should be', async () => {
    const driver = drive(false, () => {
      throw new LaneFailure('protocol', 'the answer is no shop.v1.Receipt: it ends in the middle of a field')
    })
    peer.behave(GOOD)
    expect(await exchange(driver)).toMatchObject({ result: 'protocol', message: expect.stringContaining('no shop.v1.Receipt') })
    expect(driver.imbalance).toBe(0)
  })

  it('tells when each message of a stream came', async () => {
    const driver = drive(true)
    peer.behave(content(message('good'), [...message('two'), ...message('three')]))
    const outcome = await exchange(driver)
    expect(outcome).toMatchObject({ result: 200, body: 'three', grpc: { messages: 3, bytes: 12 } })
    expect(driver.pieces.map(({ first }) => first)).toEqual([true, false, false])
    expect(outcome.headAt - outcome.sentAt).toBeCloseTo(driver.pieces[0]!.ms, 6)
  })
})
