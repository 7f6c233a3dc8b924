import { untilRunIs } from '../../test/support/cluster-runs.ts'
import { portsOf } from '../../test/support/ports.ts'
import { wait } from '../../test/support/until.ts'
import type { Promised } from './promise.ts'
import { apart, fasterFrom } from './sending.ts'
import { onStage, shareOf } from './stage.ts'

const [SLOW, FAST] = [300, 1500]

/** A change of rate and a stop, as every node obeys them; told apart by the ports that they send from. */
export async function ordersObeyed(rounds: number): Promise<Promised[]> {
  return onStage(async ({ cluster, nginx, desk, begin }) => {
    const nodes = [desk, await cluster.worker('one'), await cluster.worker('two')]
    await cluster.joined(desk, 'one', 'two')
    const [rateAfter, rateApart, stopAfter, stopApart]: [number[], number[], number[], number[]] = [[], [], [], []]
    for (let round = 0; round < rounds; round++) {
      const run = await begin(SLOW)
      await untilRunIs(2000, desk, run.runId)
      const shares = await Promise.all(nodes.map(({ name }) => shareOf(desk, run.runId, name)))
      const changedAt = Date.now()
      await desk.ask('task.setRate', { id: run.taskId, rate: FAST })
      await wait(2500)
      const ports = nodes.map(({ pid }) => portsOf(pid))
      const stoppedAt = Date.now()
      await desk.ask('task.stop', { id: run.taskId })
      await wait(2500)
      const sent = ports.map((of) => nginx.arrivals(of))
      const faster = sent.map((arrivals, n) => fasterFrom(arrivals, changedAt, SLOW * (shares[n] ?? 0), FAST * (shares[n] ?? 0)))
      const last = sent.map((arrivals) => arrivals.at(-1) ?? NaN)
      rateAfter.push(Math.max(...faster) - changedAt)
      rateApart.push(apart(faster))
      stopAfter.push(Math.max(...last) - stoppedAt)
      stopApart.push(apart(last))
    }
    return [
      { what: 'change of rate → in force on all nodes', unit: 'ms', bound: 1000, values: rateAfter },
      { what: 'change of rate: first and last node apart, to the spacing of their requests', unit: 'ms', bound: 20, values: rateApart },
      { what: 'stop → last request of any node', unit: 'ms', bound: 1000, values: stopAfter },
      { what: 'stop: last requests of the nodes apart', unit: 'ms', bound: 20, values: stopApart },
    ]
  })
}
