import { createHash } from 'node:crypto'
import { HELPERS } from './helpers.ts'

/**
 * One operation of the cluster state or of the task store, as Redis runs it: nothing else happens meanwhile. The source
 * is a string in a module of its own, because the tests, plain Node and the bundle all can load that.
 */
export interface Script {
  name: string
  source: string
  /** By which Redis knows it once it has seen it. */
  sha: string
  /** The same with the flag that a Redis of 7.0 or newer lets run although it is full; null where that is not wanted. */
  pressing: { source: string; sha: string } | null
}

/** `control`: small, and what keeps a cluster in order, so it goes on when Redis is full. `bulk`: brings data, and waits then. */
export type ScriptKind = 'control' | 'bulk'

/**
 * With the helpers that the source names, and no others: each would cost Redis a little at every call. KEYS[1] is the
 * prefix of every key, `{stampede:<namespace>}:`: the braces put all of them into one slot of a Redis Cluster.
 */
export function script(name: string, source: string, kind: ScriptKind = 'control'): Script {
  const whole = `-- stampede ${name}\nlocal P = KEYS[1]\n${helpersOf(source)}${source}`
  return { name, ...withSha(whole), pressing: kind === 'control' ? withSha(`#!lua flags=allow-oom\n${whole}`) : null }
}

function withSha(source: string): { source: string; sha: string } {
  return { source, sha: createHash('sha1').update(source).digest('hex') }
}

/** From the last to the first, as each may use those before it. */
function helpersOf(source: string): string {
  return Object.entries(HELPERS).reduceRight((used, [name, helper]) => (new RegExp(`\\b${name}\\(`).test(used + source) ? helper + used : used), '')
}
