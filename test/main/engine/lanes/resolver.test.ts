import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { Resolver, systemLookup } from '../../../../src/main/engine/lanes/resolver.ts'
import type { Address } from '../../../../src/main/engine/lanes/resolver.ts'

type Answer = (error: NodeJS.ErrnoException | null, addresses: string[]) => void

/** A resolver over a lookup that the test answers, and a clock that it sets. */
class Bench {
  now = 0
  readonly asked: Answer[] = []
  readonly told: (string | undefined)[] = []
  readonly resolver = new Resolver('shop.example', (error) => this.told.push(error?.code), (_host, done) => this.asked.push(done), () => this.now)

  answer(...addresses: string[]): void {
    this.asked.pop()!(null, addresses)
  }

  take(count: number): (string | undefined)[] {
    return Array.from({ length: count }, () => this.resolver.next()?.address)
  }
}

describe('the resolver', () => {
  it('asks once for many who wait, and tells when the answer is there', () => {
    const bench = new Bench()
    expect(bench.take(3)).toEqual([undefined, undefined, undefined])
    expect(bench.resolver.waiting).toBe(true)
    expect(bench.asked).toHaveLength(1)
    bench.now = 12
    bench.answer('10.0.0.1')
    expect(bench.told).toEqual([undefined])
    expect(bench.take(2)).toEqual(['10.0.0.1', '10.0.0.1'])
    expect([bench.resolver.takeLookupMs(), bench.resolver.takeLookupMs()]).toEqual([12, NaN])
  })

  it('goes round over all addresses', () => {
    const bench = new Bench()
    bench.take(1)
    bench.answer('a', 'b', 'c')
    expect(bench.take(7).sort()).toEqual(['a', 'a', 'a', 'b', 'b', 'c', 'c'].sort())
  })

  it('sets a failing address aside as long as there is a better one', () => {
    const bench = new Bench()
    bench.take(1)
    bench.answer('a', 'b')
    expect(bench.resolver.failed(find(bench, 'a'))).toBe(true)
    expect(bench.take(3)).toEqual(['b', 'b', 'b'])
    expect(bench.resolver.failed(find(bench, 'b'))).toBe(false)
    expect(new Set(bench.take(4))).toEqual(new Set(['a', 'b']))
    bench.resolver.worked(find(bench, 'b'))
    expect(bench.take(3)).toEqual(['b', 'b', 'b'])
  })

  it('renews an answer after 30 s while the old one still serves, and remembers what failed', () => {
    const bench = new Bench()
    bench.take(1)
    bench.answer('a', 'b')
    bench.now = 29_999
    bench.take(1)
    expect(bench.asked).toHaveLength(0)
    bench.resolver.failed(find(bench, 'a'))
    bench.now = 30_000
    expect(bench.take(2)).toEqual(['b', 'b'])
    expect(bench.asked).toHaveLength(1)
    bench.answer('a', 'b')
    expect(bench.take(2)).toEqual(['b', 'b'])
    expect(bench.resolver.takeLookupMs()).toBeNaN()
  })

  it('asks again one second after a failure, not before', () => {
    const bench = new Bench()
    bench.take(1)
    bench.asked.pop()!(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), [])
    expect(bench.told).toEqual(['ENOTFOUND'])
    bench.now = 999
    expect(bench.take(1)).toEqual([undefined])
    expect(bench.asked).toHaveLength(0)
    bench.now = 1000
    bench.take(1)
    expect(bench.asked).toHaveLength(1)
  })

  it('takes an answer without addresses for a failure', () => {
    const bench = new Bench()
    bench.take(1)
    bench.answer()
    expect(bench.told).toEqual(['ENODATA'])
  })

  it.each(['127.0.0.1', '::1'])('does not look up the address %s', (address) => {
    const resolver = new Resolver(address, () => undefined, () => expect.unreachable())
    expect(resolver.next()?.address).toBe(address)
  })

  it('takes localhost for this machine in both families, whatever its hosts file says', () => {
    const resolver = new Resolver('localhost', () => undefined, () => expect.unreachable())
    expect([resolver.next()!.address, resolver.next()!.address]).toEqual(['127.0.0.1', '::1'])
  })

  it('asks the system otherwise', async () => {
    const found = await new Promise<string[]>((resolve) => systemLookup(hostname(), (_error, addresses) => resolve(addresses)))
    expect(found.every((address) => isIP(address) !== 0)).toBe(true)
  })
})

function find({ resolver }: Bench, address: string): Address {
  for (;;) {
    const one = resolver.next()!
    if (one.address === address) return one
  }
}
