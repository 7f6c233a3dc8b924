import { longestSilence } from '../../test/support/arrivals.ts'
import { untilRunIs } from '../../test/support/cluster-runs.ts'
import { wait } from '../../test/support/until.ts'
import type { Promised } from './promise.ts'
import { onStage } from './stage.ts'

const RATE = 200
const OUTAGE_MS = 7500

/** Redis dies with all its data and comes back empty. */
export async function redisOutage(rounds: number): Promise<Promised[]> {
  return onStage(async ({ cluster, nginx, desk, begin, end }) => {
    await Promise.all([cluster.worker('one'), cluster.worker('two')])
    await cluster.joined(desk, 'one', 'two')
    const [silence, lost]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      const run = await begin(RATE)
      await untilRunIs(2000, desk, run.runId)
      const since = Date.now()
      await cluster.redis.crash()
      await wait(OUTAGE_MS)
      await cluster.redis.restart()
      await untilRunIs(16_000, desk, run.runId)
      silence.push(longestSilence(nginx.arrivals().filter((at) => at >= since)))
      await end(run)
      lost.push((await desk.ask('run.summary', { id: run.runId })).ledger.lost)
    }
    return [
      { what: `Redis away for ${OUTAGE_MS / 1000} s, all its data lost: the target hears of nobody for`, unit: 'ms', bound: 1000, values: silence },
      { what: 'the same: arrivals lost', unit: 'requests', bound: 0, values: lost },
    ]
  })
}
