import type { ClusterView, NodeRow } from '../../../shared/contract/contract.ts'
import type { TextKey } from '../locales/index.ts'
import type { Tone } from './run-state.ts'

/** What must be said of the cluster before anything else; null: it is well, or there is none. */
export type ClusterTrouble = 'disconnected' | 'masterless'

export function troubleOf(view: ClusterView | null): ClusterTrouble | null {
  if (view === null || view.mode === 'local') return null
  if (!view.connected) return 'disconnected'
  return view.masterlessMs === null ? null : 'masterless'
}

/** How a node's state is shown: shape, colour, word. */
export const NODE_STATES: Record<NodeRow['state'], { shape: string; tone: Tone; key: TextKey }> = {
  ok: { shape: '●', tone: 'ok', key: 'nodes.ok' },
  hot: { shape: '▲', tone: 'warn', key: 'nodes.hot' },
  drained: { shape: '○', tone: 'plain', key: 'nodes.drained' },
  parked: { shape: '◐', tone: 'warn', key: 'nodes.parked' },
  lost: { shape: '✕', tone: 'plain', key: 'nodes.lost' },
  incompatible: { shape: '✕', tone: 'bad', key: 'nodes.incompatible' },
}

export type NodeRole = 'master' | 'worker' | 'sentinel'

/** For tests and styles; the words are `roleKey`'s. */
export function roleOf({ info, isMaster }: NodeRow): NodeRole {
  return isMaster ? 'master' : info.role === 'sentinel' ? 'sentinel' : 'worker'
}

export function roleKey(row: NodeRow): TextKey {
  if (row.isMaster) return 'nodes.masterWorker'
  if (row.info.role === 'sentinel') return 'nodes.sentinel'
  return row.info.role === 'worker' || row.info.priority === 0 ? 'nodes.workerOnly' : 'nodes.worker'
}

/** How another version stands to the one of this machine, by its numbers; null: it is the same. */
export function versionAgainst(version: string, own: string | undefined): 'older' | 'newer' | null {
  if (own === undefined || version === own) return null
  const [a, b] = [numbersOf(version), numbersOf(own)]
  const at = a.findIndex((number, i) => number !== b[i])
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0) ? 'older' : 'newer'
}

function numbersOf(version: string): number[] {
  const [core = ''] = version.split('-')
  return core.split('.').map(Number)
}

/** The address as a chip shows it: host and port. */
export function shortAddress(address: string | null): string {
  return (address ?? '').replace(/^rediss?(\+\w+)?:\/\//, '').split(',')[0] ?? ''
}

/** Whether only this machine can reach an address: whoever joins from elsewhere needs another one. */
export function isLocalAddress(address: string | null): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/.test(shortAddress(address))
}
