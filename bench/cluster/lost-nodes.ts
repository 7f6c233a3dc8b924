import { mostWithin } from '../../test/support/arrivals.ts'
import type { NodeProcess } from '../../test/support/node-process.ts'
import { portsOf } from '../../test/support/ports.ts'
import { untilRunIs } from '../../test/support/cluster-runs.ts'
import { wait } from '../../test/support/until.ts'
import type { Promised } from './promise.ts'
import { uncarriedMs } from './sending.ts'
import { idOf, leadBy, onStage, shareOf } from './stage.ts'

const RATE = 500
/** Stretch of time in which more than the target is looked for, ms. */
const WINDOW_MS = 3000

interface Loss {
  how: string
  boundMs: number
  /** How long it is watched, ms. */
  watchMs: number
  /** It leads as well. */
  leads?: boolean
  strike(victim: NodeProcess): Promise<void>
}

const KILLED: Loss = { how: 'worker killed', boundMs: 5000, watchMs: 8000, strike: (victim) => victim.kill() }
const SILENT: Loss = { how: 'worker stands still', boundMs: 15_000, watchMs: 18_000, strike: async (victim) => victim.freeze() }
const SILENT_MASTER: Loss = { ...SILENT, how: 'master that works stands still', leads: true }

export const workerKilled = (rounds: number): Promise<Promised[]> => lose(rounds, KILLED)
export const workerSilent = (rounds: number): Promise<Promised[]> => lose(rounds, SILENT)
export const masterSilent = (rounds: number): Promise<Promised[]> => lose(rounds, SILENT_MASTER)

async function lose(rounds: number, { how, boundMs, watchMs, leads = false, strike }: Loss): Promise<Promised[]> {
  return onStage(async ({ cluster, nginx, desk, begin, end }) => {
    await cluster.worker('other')
    const [took, most]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      const name = `victim-${round}`
      const victim = await cluster.worker(name, leads ? { priority: 9, args: ['--may-lead'] } : {})
      await cluster.joined(desk, name, 'other')
      if (leads) await leadBy(cluster, desk, name)
      const from = nginx.arrivals().length
      const run = await begin(RATE)
      await untilRunIs(3000, desk, run.runId)
      const share = await shareOf(desk, run.runId, name)
      const since = Date.now()
      await strike(victim)
      await wait(watchMs)
      const arrivals = nginx.arrivals().slice(from)
      took.push(uncarriedMs(arrivals, since, since + watchMs - 500, RATE, share))
      most.push((mostWithin(arrivals, WINDOW_MS) * 100) / ((RATE * WINDOW_MS) / 1000))
      await end(run)
      await victim.kill()
    }
    return [
      { what: `${how} → its share is sent by others`, unit: 'ms', bound: boundMs, values: took },
      { what: `${how}: most that came within 3 s`, unit: '% of the target', bound: null, values: most },
    ]
  })
}

/** From the cut to the last request of the node that was cut off; the only one that has a share. */
export async function workerCutOff(rounds: number): Promise<Promised[]> {
  return onStage(async ({ cluster, nginx, desk, begin, end }) => {
    const wire = await cluster.wire()
    const island = await cluster.worker('island', { through: wire.url })
    await cluster.joined(desk, 'island')
    const took: number[] = []
    for (let round = 0; round < rounds; round++) {
      const run = await begin(RATE)
      await untilRunIs(2000, desk, run.runId)
      const cutAt = Date.now()
      wire.hold()
      const ports = portsOf(island.pid)
      await wait(9000)
      for (const port of portsOf(island.pid)) ports.add(port)
      await wait(3000)
      took.push((nginx.arrivals(ports).at(-1) ?? NaN) - cutAt)
      wire.heal()
      await end(run)
      await idOf(desk, 'island')
      await cluster.joined(desk, 'island')
    }
    return [{ what: 'worker cut off from Redis → its last request', unit: 'ms', bound: 10_250, values: took }]
  })
}
