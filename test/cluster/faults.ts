import type { Fleet, Member, SimulatedNode } from './fleet.ts'

/** What can go wrong in a schedule. */
export const FAULTS = [
  'crash', 'crash', 'crash-for-good', 'stop', 'stop', 'sleep', 'cut', 'cut', 'reset', 'lossy', 'slow',
  'redis-pause', 'redis-restart', 'redis-roll-back', 'redis-loss', 'redis-clock', 'wall-clock',
  'rate', 'rate', 'stop-start', 'join', 'drain',
] as const
export type Fault = (typeof FAULTS)[number]

/** What a schedule lets the user do. */
export interface User {
  changeRate(rate: number): void
  stopAndStart(pauseMs: number): void
}

export interface Struck {
  at: number
  fault: Fault
  victim: string
  lastsMs: number
}

/** Longest time that Redis is out of reach: load goes on meanwhile (`protocol.md` §5, promise 6). */
const OUTAGE_MS = 7000
/** A run that nobody carries is over after a while: the only node that could is back before, ms. */
const CARRIED_AGAIN_WITHIN_MS = 12_000
/** Whoever leads meanwhile waits so long for a word of how far a run is, and may have to be found first, ms. */
const SAYS_SO_WITHIN_MS = 12_000
/** With a first heartbeat a node hears of the new time, with the next one it says what that means. */
const BEAT_MS = 1000
/** No machine goes to sleep for less. */
const SHORTEST_SLEEP_MS = 2000
const RATES = [10, 15, 20, 30, 40]
/** Half of the faults are aimed at the master. */
const AT_MASTER = 0.5

/** Strikes a fleet with faults, and remembers what it did. */
export class Misfortune {
  readonly struck: Struck[] = []
  /** Deaths and long pauses of masters: when. */
  readonly beheaded: number[] = []
  /** Boots whose connection was seen to close although they lived on, and could not connect again. */
  readonly unreachable = new Set<string>()
  /** The clock of Redis was set, and nobody who knew how far the run was could say so in time. */
  timeForgotten = false
  readonly #fleet: Fleet
  readonly #user: User
  readonly #endsBy: number
  #joined = 0
  /** Nodes that will carry nothing any more. */
  readonly #missing = new Set<string>()

  /** `endsBy`: by then nothing is wrong any more but what is wrong for good, virtual time. */
  constructor(fleet: Fleet, user: User, endsBy: number) {
    this.#fleet = fleet
    this.#user = user
    this.#endsBy = endsBy
  }

  /** When all of it is over. */
  get overAt(): number {
    return this.struck.reduce((latest, { at, lastsMs }) => Math.max(latest, at + lastsMs), 0)
  }

  strike(fault: Fault): void {
    const victim = this.#victim()
    const lastsMs = this.#duration()
    const at = this.#fleet.time.now
    this.struck.push({ at, fault, victim: victim.id, lastsMs: this.#apply(fault, victim, lastsMs) })
  }

  /** How long it really lasts, ms. */
  #apply(fault: Fault, victim: Member, lastsMs: number): number {
    const { fleet, random } = { fleet: this.#fleet, random: this.#fleet.random }
    switch (fault) {
      case 'crash': return this.#crash(victim, lastsMs)
      case 'crash-for-good': return 'engine' in victim && this.#mayMiss(victim) ? this.#crash(victim, Infinity) : 0
      case 'stop': return this.#freeze(victim, lastsMs, (ms) => fleet.stop(victim, ms))
      case 'sleep': return this.#freeze(victim, Math.max(lastsMs, SHORTEST_SLEEP_MS), (ms) => this.#putToSleep(victim, ms))
      case 'cut': return this.#worsen(victim, { cut: true }, lastsMs)
      case 'reset': return this.#reset(victim, random() < 0.5 ? Math.min(lastsMs, 9000) : 0)
      case 'lossy': return this.#worsen(victim, { lost: 0.2, unanswered: 0.2 }, lastsMs)
      case 'slow': return this.#worsen(victim, { delayMs: [50, 350] }, lastsMs)
      case 'redis-pause': return this.#pauseRedis(Math.min(lastsMs, OUTAGE_MS))
      case 'redis-restart': return this.#restartRedis(Math.min(lastsMs, OUTAGE_MS), () => undefined)
      case 'redis-loss': return this.#restartRedis(Math.min(lastsMs, OUTAGE_MS), () => fleet.redis.loseAll())
      case 'redis-roll-back': return this.#rollBack()
      case 'redis-clock': return this.#setRedisClock((random() - 0.5) * 40_000)
      case 'wall-clock': fleet.setWall(victim, (random() - 0.5) * 120_000); return 0
      case 'rate': this.#user.changeRate(RATES[Math.floor(random() * RATES.length)]!); return 0
      case 'stop-start': this.#user.stopAndStart(500 + random() * 8500); return 0
      case 'join': if (this.#joined < 2) fleet.node(`j${this.#joined++}`); return 0
      case 'drain': return this.#drain(victim)
      default: return fault satisfies never
    }
  }

  #crash(victim: Member, lastsMs: number): number {
    if (victim.dead) return 0
    if ('engine' in victim && this.#able(victim.id).length === 0) lastsMs = Math.min(lastsMs, CARRIED_AGAIN_WITHIN_MS)
    this.#noteMaster(victim)
    this.#fleet.kill(victim)
    if (lastsMs === Infinity) return 0
    this.#fleet.time.after(lastsMs, () => this.#revive(victim), null)
    return lastsMs
  }

  #revive(victim: Member): void {
    const { fleet } = { fleet: this.#fleet }
    if (fleet.nodes.get(victim.id) === victim) {
      const { role, priority } = victim as SimulatedNode
      fleet.node(victim.id, role, priority)
    } else if (fleet.sentinels.get(victim.id) === victim) fleet.sentinel(victim.id)
  }

  #freeze(victim: Member, lastsMs: number, freeze: (ms: number) => void): number {
    if (victim.dead || victim.stoppedUntil > this.#fleet.time.now) return 0
    if (lastsMs > 5000) this.#noteMaster(victim)
    freeze(lastsMs)
    return lastsMs
  }

  #putToSleep(victim: Member, lastsMs: number): void {
    this.#fleet.sleep(victim, lastsMs)
    this.#worsen(victim, { cut: true }, lastsMs)
  }

  #worsen(victim: Member, conditions: Parameters<Member['link']['worsen']>[0], lastsMs: number): number {
    if (conditions.cut === true && lastsMs > 5000) this.#noteMaster(victim)
    victim.link.worsen(conditions)
    this.#fleet.time.after(lastsMs, () => victim.link.heal(), null)
    return lastsMs
  }

  /** The server sees the connection close; the node may get no new one for a while. */
  #reset(victim: Member, unreachableMs: number): number {
    const { redis, time } = this.#fleet
    victim.link.reset()
    if (unreachableMs === 0) return 0
    redis.setConnected(victim.boot, false)
    this.unreachable.add(victim.boot)
    victim.link.worsen({ refused: true })
    time.after(unreachableMs, () => {
      victim.link.heal()
      redis.setConnected(victim.boot, !victim.dead)
    }, null)
    return unreachableMs
  }

  #pauseRedis(lastsMs: number): number {
    for (const member of this.#members()) this.#worsen(member, { cut: true }, lastsMs)
    return lastsMs
  }

  #restartRedis(lastsMs: number, comeBack: () => void): number {
    const { redis, time } = this.#fleet
    if (redis.down) return 0
    redis.down = true
    for (const { link } of this.#members()) link.reset()
    time.after(lastsMs, () => {
      redis.down = false
      comeBack()
    }, null)
    return lastsMs
  }

  /** Whoever is about to begin at an instant of a clock that is set meanwhile cannot know when that is: it is spared that. */
  #setRedisClock(byMs: number): number {
    const { alive, redis } = this.#fleet
    if (alive.some(({ engine }) => engine.runs.some(({ isWaiting }) => isWaiting))) return 0
    redis.clockOffMs += byMs
    const { time } = this.#fleet
    const carriers = alive.filter(({ engine }) => engine.runs.some(({ ended }) => !ended))
    const setAt = time.now
    time.after(SAYS_SO_WITHIN_MS, () => (this.timeForgotten ||= carriers.every(({ heardAt }) => heardAt < setAt + BEAT_MS)), null)
    return 0
  }

  /** What was written in the last moments before the restart is gone. */
  #rollBack(): number {
    const { redis, time, random } = this.#fleet
    const goBack = redis.savePoint()
    const lostMs = 100 + random() * 900
    const downMs = 100 + random() * 3000
    time.after(lostMs, () => this.#restartRedis(downMs, goBack), null)
    return lostMs + downMs
  }

  #drain(victim: Member): number {
    const { redis, random } = this.#fleet
    if (!('engine' in victim) || !this.#mayMiss(victim)) return 0
    redis.cluster.request({ id: `drain-${random()}`, op: 'drain', nodeId: victim.id }).catch(() => undefined) // Redis is away: not ordered
    return 0
  }

  /** One node at least has to be left that can carry the load and lead. */
  #mayMiss({ id }: Member): boolean {
    if (this.#able(id).length === 0) return false
    this.#missing.add(id)
    return true
  }

  /** Others that can carry the load and lead. */
  #able(id: string): SimulatedNode[] {
    const isThere = ({ link: { conditions }, stoppedUntil }: SimulatedNode): boolean => !conditions.cut && !conditions.refused && stoppedUntil <= this.#fleet.time.now
    return this.#fleet.alive.filter((node) => node.id !== id && node.role === 'auto' && !this.#missing.has(node.id) && isThere(node))
  }

  #noteMaster(victim: Member): void {
    if (victim === this.#fleet.master) this.beheaded.push(this.#fleet.time.now)
  }

  #victim(): Member {
    const { random, master, nodes, sentinels } = this.#fleet
    const chosen = random() < AT_MASTER ? master : null
    const all = [...nodes.values(), ...sentinels.values()]
    return chosen ?? all[Math.floor(random() * all.length)]!
  }

  #members(): Member[] {
    return [...this.#fleet.nodes.values(), ...this.#fleet.sentinels.values()]
  }

  /** Short, middling or long: each is another case for somebody's time-out. */
  #duration(): number {
    const [least, most] = ([[200, 2000], [2000, 8000], [8000, 24_000]] as const)[Math.floor(this.#fleet.random() * 3)]!
    return Math.min(least + this.#fleet.random() * (most - least), this.#endsBy - this.#fleet.time.now)
  }
}
