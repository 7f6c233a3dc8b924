import { describe, expect, it } from 'vitest'
import { CollectorPool, MAX_COLLECTED_HEAD, ResponseCollector } from '../../../../src/main/engine/lanes/response-collector.ts'

const add = (collector: ResponseCollector, text: string): void => collector.addBody(Buffer.from(text), 0, text.length)

describe('a collector', () => {
  it('puts the pieces of a body together and cuts it at its bound', () => {
    const collector = new ResponseCollector(10)
    for (const piece of ['abc', 'defg', 'hijklm', 'n']) add(collector, piece)
    expect(collector.body.toString()).toBe('abcdefghij')
  })

  it('grows to its bound and no further', () => {
    const collector = new ResponseCollector(100_000)
    for (let i = 0; i < 30; i++) add(collector, 'x'.repeat(7_001))
    expect(collector.body.length).toBe(100_000)
    expect(collector.body.buffer.byteLength).toBe(100_000)
  })

  it('cuts a head at 2 KiB', () => {
    const collector = new ResponseCollector(0)
    const line = Buffer.from(`X: ${'y'.repeat(1500)}\r\n`)
    collector.addHeadLines(line, 0, line.length)
    collector.addHeadLines(line, 0, line.length)
    expect(collector.head.length).toBe(MAX_COLLECTED_HEAD)
  })

  it('is empty again when it is lent anew', () => {
    const pool = new CollectorPool(10)
    const collector = pool.take()
    add(collector, 'abc')
    pool.give(collector)
    expect(pool.take()).toBe(collector)
    expect([collector.head.length, collector.body.length]).toEqual([0, 0])
  })
})
