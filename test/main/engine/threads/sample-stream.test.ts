import { describe, expect, it } from 'vitest'
import { SampleStream } from '../../../../src/main/engine/threads/sample-stream.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import type { Sample } from '../../../../src/shared/results/sample.ts'

const sample = (second: number, last = false): Sample => ({ second, last }) as Sample

async function read(stream: SampleStream): Promise<number[]> {
  const seconds: number[] = []
  for await (const { second } of stream) seconds.push(second)
  return seconds
}

describe('SampleStream', () => {
  it('gives what came before and after reading began, to the last one', async () => {
    const stream = new SampleStream()
    stream.push(sample(0))
    const reading = read(stream)
    stream.push(sample(1))
    stream.push(sample(2, true))
    expect(await reading).toEqual([0, 1, 2])
  })

  it('throws after what was measured when the run failed', async () => {
    const stream = new SampleStream()
    stream.push(sample(0))
    stream.fail(new AppError('internal', 'a thread died'))
    const iterator = stream[Symbol.asyncIterator]()
    expect((await iterator.next()).value).toMatchObject({ second: 0 })
    await expect(iterator.next()).rejects.toThrow('a thread died')
  })

  it('ends without a last sample when the run is killed', async () => {
    const stream = new SampleStream()
    const reading = read(stream)
    stream.end()
    expect(await reading).toEqual([])
  })
})
