import { longestSilence } from '../../test/support/arrivals.ts'
import type { NodeProcess } from '../../test/support/node-process.ts'
import { until, wait } from '../../test/support/until.ts'
import type { Promised } from './promise.ts'
import { leadBy, onStage } from './stage.ts'

const RATE = 200

/** Kills one master after the other; the epoch of the next is the instant of its election by the clock of Redis. */
export async function failOver(rounds: number, sentinels: number, boundMs: number): Promise<Promised[]> {
  return onStage(async ({ cluster, nginx, desk, begin }) => {
    const leaders = new Map<string, NodeProcess>()
    const lead = async (name: string): Promise<void> => void leaders.set(name, await cluster.worker(name, { priority: 9, args: ['--may-lead'] }))
    await Promise.all(Array.from({ length: sentinels }, (_, n) => cluster.sentinel(`s${n}`, { args: ['--sentinels', String(sentinels)] })))
    for (const name of ['red', 'green']) await lead(name)
    await cluster.joined(desk, 'red', 'green')
    await leadBy(cluster, desk, 'red')
    await begin(RATE)
    const [took, silence]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      await wait(2500 + Math.random() * 1000)
      const before = await until('a master', () => cluster.master())
      const killedAt = Date.now()
      await leaders.get(before.name)?.kill()
      const next = await cluster.masterOtherThan(before.name)
      took.push(next.epoch - killedAt)
      silence.push(longestSilence(nginx.arrivals().filter((at) => at > killedAt)))
      await lead(before.name)
      await cluster.joined(desk, before.name)
    }
    const how = sentinels === 0 ? 'without sentinels' : `with ${sentinels} sentinels`
    return [
      { what: `master killed → successor, ${how}`, unit: 'ms', bound: boundMs, values: took },
      { what: `the target hears of nobody for, meanwhile, ${how}`, unit: 'ms', bound: 1000, values: silence },
    ]
  })
}
