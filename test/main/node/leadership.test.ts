import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import type { Acquired } from '../../../src/main/backend/cluster-state.ts'
import { terms, type Term } from '../../../src/main/node/election/leadership.ts'

describe('leadership', () => {
  let cluster: MemoryClusterState
  let ending: AbortController
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
    cluster = new MemoryClusterState()
    ending = new AbortController()
  })
  afterEach(() => {
    ending.abort()
    vi.useRealTimers()
  })

  async function acquire(state: MemoryClusterState, id: string, claimed: number): Promise<Acquired | null> {
    const answer = await state.acquire(id, claimed, `${id} ${Math.random()}`)
    return answer.acquired ? answer : null
  }

  /** Leads as `id`; every term is noted, and lasts until its signal is aborted. */
  function candidate(id: string): { terms: Term[]; left: Promise<void> } {
    const seen: Term[] = []
    const lead = async (): Promise<void> => {
      for await (const term of terms({ tryBeMaster: () => acquire(cluster, id, 0) }, ending.signal, { cluster })) {
        seen.push(term)
        if (!term.signal.aborted) await new Promise((resolve) => term.signal.addEventListener('abort', resolve))
      }
    }
    return { terms: seen, left: lead() }
  }
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

  test('begins a term at once when nobody leads', async () => {
    const { terms: seen } = candidate('a')
    await pass(0)
    expect(seen).toMatchObject([{ lease: { nodeId: 'a' } }])
    expect(await cluster.master()).toMatchObject({ nodeId: 'a' })
  })

  test('lasts as long as it is renewed', async () => {
    const { terms: seen } = candidate('a')
    await pass(0)
    for (let second = 0; second < 20; second++) {
      await seen[0]!.renew()
      await pass(1000)
    }
    expect(seen).toHaveLength(1)
    expect(seen[0]!.signal.aborted).toBe(false)
  })

  test('ends half a second before anybody else can have the lease, when it is not renewed', async () => {
    const { terms: seen } = candidate('a')
    await pass(4499)
    expect(seen[0]!.signal.aborted).toBe(false)
    await pass(1)
    expect(seen[0]!.signal.aborted).toBe(true)
  })

  test('counts the lease from before the request was sent', async () => {
    const { terms: seen } = candidate('a')
    await pass(0)
    const renew = cluster.renew.bind(cluster)
    vi.spyOn(cluster, 'renew').mockImplementationOnce(async (lease) => {
      const answer = await renew(lease)
      await new Promise((resolve) => setTimeout(resolve, 3000))
      return answer
    })
    void seen[0]!.renew()
    await pass(3000)
    await pass(1499)
    expect(seen[0]!.signal.aborted).toBe(false)
    await pass(1)
    expect(seen[0]!.signal.aborted).toBe(true)
  })

  test('ends a term whose lease is somebody else’s, and begins another with a higher epoch later', async () => {
    const { terms: seen } = candidate('a')
    await pass(0)
    await cluster.release(seen[0]!.lease)
    const other = await acquire(cluster, 'b', 0)
    await seen[0]!.renew()
    expect(seen[0]!.signal.aborted).toBe(true)
    await cluster.release(other!.lease)
    await pass(1000)
    expect(seen).toHaveLength(2)
    expect(seen[1]!.lease.epoch).toBeGreaterThan(other!.lease.epoch)
  })

  test('gives the lease back when it ends, so that the next one need not wait', async () => {
    const first = candidate('a')
    await pass(0)
    ending.abort()
    await first.left
    expect(await cluster.master()).toBeNull()
  })

  test('goes to one of two candidates, and to the other when the first is gone', async () => {
    const first = candidate('a')
    await pass(0)
    const firstEnding = ending
    ending = new AbortController()
    const second = candidate('b')
    await pass(3000)
    expect([first.terms.length, second.terms.length]).toEqual([1, 0])
    firstEnding.abort()
    await first.left
    await pass(0)
    expect(second.terms).toHaveLength(1)
  })
})
