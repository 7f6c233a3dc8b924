import { describe, expect, it } from 'vitest'
import { RunAggregate } from '../../../src/shared/results/aggregate.ts'
import { Histogram } from '../../../src/shared/results/histogram.ts'
import { compileLoad } from '../../../src/shared/task/load.ts'
import { sample, spec, times } from '../samples.ts'

function encoded(...micros: number[]): Uint8Array {
  const histogram = new Histogram()
  for (const value of micros) histogram.record(value)
  return histogram.encode()
}

const task = spec({ rate: 2, duration: '2s' })
const streamed = (second: number, chunks: number, first: number[], gaps: number[]) => {
  const made = sample(second, { response: times(2, 5000) })
  return { ...made, tally: { ...made.tally, stream: { chunks, firstChunk: encoded(...first), gap: encoded(...gaps) } } }
}

describe('pieces of streamed answers', () => {
  it('add up over seconds and nodes, and another master goes on with them', () => {
    const first = new RunAggregate(task, compileLoad(task.load))
    first.add('a', streamed(0, 3, [1000, 1000], [10_000]))
    first.add('b', streamed(0, 2, [1000, 9000], []))
    const second = RunAggregate.restore(task, compileLoad(task.load), first.serialize())
    second.add('a', streamed(1, 5, [1000, 1000], [10_000, 20_000, 10_000]))
    expect(second.stream()).toMatchObject({ chunks: 10, firstChunk: { p50: 1, max: 9 }, gap: { p50: 10, max: 20 } })
  })

  it('are not spoken of where no answer was a stream', () => {
    const aggregate = new RunAggregate(task, compileLoad(task.load))
    aggregate.add('a', sample(0, { response: times(2, 5000) }))
    expect(aggregate.stream()).toBeNull()
  })

  it('that are damaged are counted as little as the rest of their sample', () => {
    const aggregate = new RunAggregate(task, compileLoad(task.load))
    const damaged = streamed(0, 3, [1000], [1000])
    damaged.tally.stream.gap = Uint8Array.of(255, 255, 1)
    expect(() => aggregate.add('a', damaged)).toThrow()
    expect(aggregate.stream()).toBeNull()
    expect(aggregate.ledger().completed).toBe(0)
  })
})
