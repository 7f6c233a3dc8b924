import type { NodeInfo } from '../../../shared/cluster/cluster.ts'
import type { Heard } from '../cluster-state.ts'
import { textOf } from './replies.ts'

/** `reply`: beat, clock and boot, as a heartbeat leaves them. Null for anything else. */
export function heardOf(nodeId: string, reply: unknown): Heard | null {
  const [, beat = '', at = '', boot = ''] = /^(\d{1,15}) (\d{1,15}(?:\.\d{1,6})?) (.+)$/.exec(textOf(reply)) ?? []
  return boot === '' ? null : { nodeId, boot, beat: Number(beat), at: Number(at) }
}

/** The beat of this very boot that was heard before; 0 for none, null if that was not looked at. */
export function beatBefore({ id, boot }: Pick<NodeInfo, 'id' | 'boot'>, reply: unknown): number | null {
  if (reply === null || reply === undefined) return null
  const before = heardOf(id, reply)
  return before?.boot === boot ? before.beat : 0
}
