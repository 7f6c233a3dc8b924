import { AppError } from '../../shared/errors.ts'
import type { Member } from '../app/member.ts'
import { dataDirOf } from '../config.ts'
import { clusterRequired } from './cluster-choice.ts'
import type { NodeFlags } from './cluster-flags.ts'
import { masterLine } from './master-line.ts'
import { firstSignal, stay, tell, type Narrator } from './staying.ts'

export interface SentinelFlags extends NodeFlags {
  sentinels: string
}

/** How often the master is looked at for the lines of the log, ms; the sentinel itself looks twice a second. */
const LOOK_MS = 1000

/** `stampede sentinel`: watches the master of a cluster, and has it replaced when most sentinels find it down. */
export async function sentinel(flags: SentinelFlags): Promise<number> {
  const { redis, node } = await clusterRequired(flags, 'A sentinel')
  const configured = sentinelsOf(flags.sentinels)
  const { joinAsSentinel } = await import('../app/member.ts')
  const signalled = firstSignal()
  const member = await joinAsSentinel({ redis, node, configured, dataDir: dataDirOf(flags.dataDir), onNotice: tell })
  for (const text of member.notices) tell({ level: 'warn', text })
  if (configured === 2) tell({ level: 'warn', text: 'Two sentinels are one too few: neither may be lost. Start three, on three machines.' })
  process.stdout.write(`${node.name} joined ${member.address} as sentinel, ${await masterLine(member.cluster)}\n`)
  return stay(new SentinelNarrator(member.cluster), signalled, () => member.close())
}

function sentinelsOf(value: string): number {
  const count = Number(value)
  if (/^\d{1,2}$/.test(value) && count >= 1) return count
  throw new AppError('bad-input', `--sentinels: "${value}" is no number of sentinels.`, { hint: 'Write how many there should be in all, 1 to 99; three survive the loss of one.' })
}

class SentinelNarrator implements Narrator {
  readonly #cluster: Member['cluster']
  #line: string | null = null
  #lookedAt = 0

  constructor(cluster: Member['cluster']) {
    this.#cluster = cluster
  }

  async changes(): Promise<string[]> {
    const now = performance.now()
    if (now - this.#lookedAt < LOOK_MS) return []
    this.#lookedAt = now
    const line = await masterLine(this.#cluster)
    const changed = this.#line !== null && this.#line !== line
    this.#line = line
    return changed ? [line === 'no master yet' ? 'no master' : line] : []
  }

  async status(): Promise<string> {
    const sentinels = (await this.#cluster.nodes()).filter(({ role }) => role === 'sentinel').length
    return `watching, ${this.#line ?? (await masterLine(this.#cluster))}, ${sentinels === 1 ? 'the only sentinel' : `${sentinels} sentinels`}`
  }
}
