import { latency, rate } from '../../shared/format.ts'
import { dataDirOf } from '../config.ts'
import { clusterRequired } from './cluster-choice.ts'
import type { NodeFlags } from './cluster-flags.ts'
import type { Entries } from './context.ts'
import { masterLine } from './master-line.ts'
import { parseThreads } from './run.ts'
import { firstSignal, stay, tell, type Narrator } from './staying.ts'
import type { Member } from '../app/member.ts'

export interface WorkerFlags extends NodeFlags {
  mayLead?: boolean
  threads?: string
}

/** In elections, where `--may-lead` is given and `--priority` is not. */
const PRIORITY = 5

/** `stampede worker`: joins a cluster as a load node and stays. */
export async function worker(flags: WorkerFlags, entries: Entries): Promise<number> {
  const { redis, node } = await clusterRequired(flags, 'A worker')
  const threads = parseThreads(flags.threads)
  const { joinAsWorker } = await import('../app/member.ts')
  const priority = flags.mayLead === true ? (node.priority ?? PRIORITY) : 0
  const signalled = firstSignal()
  const member = await joinAsWorker({ redis, node, priority, threads, entries, dataDir: dataDirOf(flags.dataDir), onNotice: tell })
  for (const text of member.notices) tell({ level: 'warn', text })
  process.stdout.write(`${node.name} joined ${member.address} as worker, ${await masterLine(member.cluster)}\n`)
  return stay(new WorkerNarrator(member), signalled, () => member.close())
}

/** Looks at this node alone: a thousand workers that ask for each other would be a million questions. */
class WorkerNarrator implements Narrator {
  readonly #member: Member
  readonly #names = new Map<string, string>()
  #epoch = 0
  #parked = false
  #running = new Set<string>()

  constructor(member: Member) {
    this.#member = member
    this.#epoch = member.info()?.maxEpoch ?? 0
  }

  async changes(): Promise<string[]> {
    return [...(await this.#master()), ...this.#contact(), ...(await this.#runs())]
  }

  async status(): Promise<string> {
    const info = this.#member.info()
    if (info === null || this.#running.size === 0) return 'idle'
    return `${[...this.#running].map((runId) => this.#nameOf(runId)).join(', ')}  ${rate(info.startedPerSecond)}  cpu ${Math.round(info.cpuPercent)}%  lag ${latency(info.loopLagMs)}`
  }

  async #master(): Promise<string[]> {
    const epoch = this.#member.info()?.maxEpoch ?? 0
    if (epoch === this.#epoch) return []
    const line = await masterLine(this.#member.cluster)
    this.#epoch = epoch
    return [line]
  }

  #contact(): string[] {
    const parked = this.#member.info()?.parked ?? false
    if (parked === this.#parked) return []
    this.#parked = parked
    return [parked ? 'cut off from the cluster: sends nothing until it is back' : 'back in the cluster']
  }

  async #runs(): Promise<string[]> {
    const work = this.#member.info()?.work ?? []
    const running = new Set(work.filter(({ phase }) => phase !== 'stop').map(({ runId }) => runId))
    for (const { runId, taskId } of work) if (!this.#names.has(runId)) await this.#learn(runId, taskId)
    const before = this.#running
    this.#running = running
    const started = [...running].filter((runId) => !before.has(runId)).map((runId) => `run ${this.#nameOf(runId)} started`)
    const ended = [...before].filter((runId) => !running.has(runId)).map((runId) => `run ${this.#nameOf(runId)} ended`)
    return [...started, ...ended]
  }

  async #learn(runId: string, taskId: string): Promise<void> {
    this.#names.set(runId, (await this.#member.tasks.task(taskId))?.spec.name ?? runId)
  }

  #nameOf(runId: string): string {
    return this.#names.get(runId) ?? runId
  }
}

