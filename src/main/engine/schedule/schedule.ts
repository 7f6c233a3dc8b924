import type { Share } from '../../../shared/cluster/cluster.ts'
import { cumulative } from '../../../shared/task/load.ts'
import type { LoadProfile } from '../../../shared/task/load.ts'
import { owns } from '../../../shared/cluster/split.ts'
import { UniformArrivals } from './arrivals.ts'
import type { ArrivalStream } from './arrivals.ts'
import { Course, commonArrivals } from './course.ts'
import { PoissonArrivals } from './poisson-arrivals.ts'

export interface ScheduleOptions {
  profile: LoadProfile
  share: Share
  arrivals: 'uniform' | 'poisson'
  /** Seed of Poisson arrivals: the same wherever the run executes. */
  seed: number
}

/** A share and the position of the first arrival that follows it. */
interface Tenure {
  fromMs: number
  fromX: number
  share: Share
}

/**
 * The instants at which one thread starts iterations: all arrivals of the profile that its share owns, each once.
 * All times are ms of the run.
 *
 * Profile and share may change at any time, also late: arrivals already taken stay taken, by number, so that threads
 * that hear of a change at different moments still execute every arrival exactly once between them.
 */
export class Schedule {
  /** When the next own arrival is due; Infinity if there is none. */
  next = Infinity
  #course: Course
  readonly #stream: ArrivalStream
  #tenures: Tenure[]
  #tenure: Tenure
  #tenureEndsAtX = Infinity
  /** The last own arrival that was taken. */
  #taken = 0
  /** Arrivals that became ours only after we had passed them, in the order of their instants. */
  #late: { instant: number; n: number }[] = []
  #upcoming = Infinity
  #limitMs = Infinity
  /** What was due before is left alone. */
  #skippedMs = -Infinity

  constructor({ profile, share, arrivals, seed }: ScheduleOptions) {
    this.#course = new Course(profile)
    const { total } = this.#course
    this.#stream = arrivals === 'poisson' ? new PoissonArrivals(total, seed) : new UniformArrivals(total)
    this.#tenure = { fromMs: -Infinity, fromX: -Infinity, share }
    this.#tenures = [this.#tenure]
    this.#advance()
  }

  /** When the profile or the limit ends it, ms. */
  get endMs(): number {
    return Math.min(this.#course.endMs, this.#limitMs)
  }

  /** Number of the arrival at {@link next}, counted over the whole fleet from 1. */
  get n(): number {
    return this.#late[0]?.n ?? this.#stream.n
  }

  get profile(): LoadProfile {
    return this.#course.profile
  }

  /** The arrival at {@link next} was taken: moves on to the one after it. */
  pop(): void {
    if (this.#late.length > 0) {
      this.#late.shift()
      this.#show()
      return
    }
    this.#taken = this.#stream.n
    this.#advance()
  }

  /** A new revision: numbers go on from where they are, instants follow the new course. */
  setProfile(profile: LoadProfile): void {
    const common = commonArrivals(this.#course.profile, profile)
    this.#course = new Course(profile)
    this.#stream.replan(common, this.#course.total)
    this.#tenures = this.#tenures.map((tenure) => ({ ...tenure, fromX: positionAt(profile, tenure.fromMs) }))
    this.#walkAgain()
  }

  /** Arrivals due at or after `fromMs` follow the new share. */
  setShare(share: Share, fromMs: number): void {
    const before = this.#tenures
    this.#tenures = [...before.filter((tenure) => tenure.fromMs < fromMs), { fromMs, fromX: positionAt(this.profile, fromMs), share }]
    this.#catchUp(before, this.#tenures.at(-1)!.fromX)
    this.#walkAgain()
  }

  /** Arrivals due at or after `ms` never come. Can only be brought forward. */
  limit(ms: number): void {
    this.#limitMs = Math.min(this.#limitMs, ms)
    this.#late = this.#late.filter(({ instant }) => instant < this.#limitMs)
    this.#show()
  }

  /** Arrivals due before `ms` that were not taken never will be. */
  skip(ms: number): void {
    if (ms <= this.#skippedMs) return
    this.#skippedMs = ms
    this.#late = this.#late.filter(({ instant }) => instant >= ms)
    if (this.#upcoming < ms) this.#walkAgain()
    else this.#show()
  }

  /** Arrivals that we have passed and that the new share gives to us after all. */
  #catchUp(before: Tenure[], fromX: number): void {
    const stream = this.#stream
    if (fromX > stream.x) return
    stream.seekBefore(fromX)
    while (stream.n < this.#taken && stream.advance()) {
      if (!ownedUnder(this.#tenures, stream) || ownedUnder(before, stream)) continue
      const instant = this.#course.instantOf(stream.x)
      if (instant >= this.#skippedMs) this.#late.push({ instant, n: stream.n })
    }
    this.#late.sort((a, b) => a.instant - b.instant)
  }

  #walkAgain(): void {
    if (this.#skippedMs === -Infinity) this.#stream.seek(this.#taken)
    else this.#stream.seekBefore(positionAt(this.profile, this.#skippedMs))
    if (this.#stream.n < this.#taken) this.#stream.seek(this.#taken)
    this.#enter(0)
    this.#advance()
  }

  #advance(): void {
    const stream = this.#stream
    do {
      if (!stream.advance()) {
        this.#show(Infinity)
        return
      }
      if (stream.x >= this.#tenureEndsAtX) this.#enter(this.#tenures.findLastIndex(({ fromX }) => fromX <= stream.x))
    } while (!owns(this.#tenure.share, stream.n) || stream.n <= this.#taken)
    this.#show(this.#course.instantOf(stream.x))
  }

  #enter(index: number): void {
    this.#tenure = this.#tenures[index]!
    this.#tenureEndsAtX = this.#tenures[index + 1]?.fromX ?? Infinity
  }

  #show(upcoming: number = this.#upcoming): void {
    this.#upcoming = upcoming
    const next = this.#late[0]?.instant ?? upcoming
    this.next = next < this.#limitMs ? next : Infinity
  }
}

function ownedUnder(tenures: Tenure[], { n, x }: ArrivalStream): boolean {
  const tenure = tenures.findLast(({ fromX }) => fromX <= x)
  return tenure !== undefined && owns(tenure.share, n)
}

function positionAt(profile: LoadProfile, ms: number): number {
  return ms === -Infinity ? -Infinity : cumulative(profile, ms)
}
