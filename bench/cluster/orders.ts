import { untilRunIs } from '../../test/support/cluster-runs.ts'
import { portsOf } from '../../test/support/ports.ts'
import { wait } from '../../test/support/until.ts'
import type { Promised } from './promise.ts'
import { apart, kneeOf } from './sending.ts'
import { onStage } from './stage.ts'

/** A thousand a second and more from each of three nodes: their requests are a millisecond apart. */
const [SLOW, FAST] = [3000, 6000]
/** Of a steady rate, ms. */
const STRETCH_MS = 1500
/** A change is in force by then, ms. */
const SETTLED_MS = 1000

/** A change of rate and a stop, as every node obeys them; told apart by the ports that they send from. */
export async function ordersObeyed(rounds: number): Promise<Promised[]> {
  return onStage(async ({ cluster, nginx, desk, begin }) => {
    const nodes = [desk, await cluster.worker('one'), await cluster.worker('two')]
    await cluster.joined(desk, 'one', 'two')
    const [rateAfter, rateApart, stopAfter, stopApart]: [number[], number[], number[], number[]] = [[], [], [], []]
    for (let round = 0; round < rounds; round++) {
      const from = nginx.arrivals().length
      const run = await begin(SLOW)
      await untilRunIs(2000, desk, run.runId)
      const changedAt = Date.now()
      await desk.ask('task.setRate', { id: run.taskId, rate: FAST })
      await wait(SETTLED_MS + STRETCH_MS)
      const ports = nodes.map(({ pid }) => portsOf(pid))
      const stoppedAt = Date.now()
      await desk.ask('task.stop', { id: run.taskId })
      for (let look = 0; look < 8; look++) {
        await wait(40)
        nodes.forEach(({ pid }, n) => portsOf(pid).forEach((port) => ports[n]?.add(port))) // whoever was held up opens more connections
      }
      await wait(2500)
      const began = nginx.arrivals()[from] ?? NaN
      const sent = ports.map((of) => nginx.arrivals(of).filter((at) => at >= began))
      const [before, after] = [{ from: changedAt - STRETCH_MS, to: changedAt }, { from: changedAt + SETTLED_MS, to: stoppedAt }]
      const knees = sent.map((arrivals) => kneeOf(arrivals, before, after))
      const last = sent.map((arrivals) => arrivals.at(-1) ?? NaN)
      rateAfter.push(Math.max(...knees) - changedAt)
      rateApart.push(apart(knees))
      stopAfter.push(Math.max(...last) - stoppedAt)
      stopApart.push(apart(last))
    }
    return [
      { what: 'change of rate → in force on all nodes', unit: 'ms', bound: 1000, values: rateAfter },
      { what: 'change of rate: first and last node apart', unit: 'ms', bound: 20, values: rateApart },
      { what: 'stop → last request of any node', unit: 'ms', bound: 1000, values: stopAfter },
      { what: 'stop: last requests of the nodes apart', unit: 'ms', bound: 20, values: stopApart },
    ]
  })
}
