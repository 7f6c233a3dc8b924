import { Registry } from '../../shared/registry.ts'
import type { NodeInfo } from '../../shared/cluster/cluster.ts'

/**
 * Strategy: how much of the work each node gets, as weights >= 0 in the order of the nodes. What the weights become
 * (shares that add up exactly) is not its business, so that no strategy can lose arrivals.
 */
export type Strategy = (nodes: readonly NodeInfo[]) => number[]

const GIBIBYTE = 2 ** 30

/** Idle CPU of all cores, less where memory is short: the default. A busy node keeps a little, so that no share is 0. */
export const byCapacity: Strategy = (nodes) => nodes.map((node) => {
  const idle = Math.max(5, 100 - node.cpuPercent) / 100
  const free = Math.max(0.05, 1 - node.memoryPercent / 100) * (node.memoryBytes / GIBIBYTE)
  return node.cores * idle * Math.min(1, free)
})

export const even: Strategy = (nodes) => nodes.map(() => 1)

export const byCores: Strategy = (nodes) => nodes.map((node) => node.cores)

export function strategies(): Registry<void, Strategy> {
  return new Registry<void, Strategy>('strategy')
    .register('capacity', () => byCapacity)
    .register('even', () => even)
    .register('cores', () => byCores)
}
