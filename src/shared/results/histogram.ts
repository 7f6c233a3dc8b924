import { AppError } from '../errors.ts'
import { ByteReader, ByteWriter } from '../varint.ts'

/**
 * Histogram of durations in whole microseconds: exact up to 2,047 µs, then 1,024 slots per octave, as HdrHistogram lays
 * them out. A percentile is off by less than 0.1 % (3 significant digits); count, sum, minimum and maximum are exact.
 * Durations beyond 10 minutes share the last slot. Merging adds counts, so it loses nothing and knows no order:
 * percentiles of nodes or seconds are never averaged, their histograms are merged.
 */

/** Durations are told apart up to here, µs: 10 minutes. */
const HIGHEST = 600_000_000
const SLOTS = slotOf(HIGHEST) + 1
const UINT32_MAX = 0xffff_ffff
const VERSION = 1

const COUNT = 0
const SUM = 1
const MIN = 2
const MAX = 3
const EMPTY = [0, 0, Infinity, -1]

export class Histogram {
  /** Uint32 until a slot outgrows it, which only totals of very long runs do; then Float64, exact to 2^53. */
  #slots: Uint32Array | Float64Array = new Uint32Array(SLOTS)
  /** Count, sum, min, max. In a typed array: as fields, doubles would be boxed and record() take twice as long. */
  readonly #totals = new Float64Array(EMPTY)

  /** @param us whole microseconds ≥ 0; fractions are cut, negative values and NaN count as 0. */
  record(us: number): void {
    const value = us > 0 ? Math.floor(us) : 0
    const totals = this.#totals
    totals[COUNT] = totals[COUNT]! + 1
    totals[SUM] = totals[SUM]! + value
    if (value < totals[MIN]!) totals[MIN] = value
    if (value > totals[MAX]!) totals[MAX] = value
    const slot = slotOf(value)
    const count = this.#slots[slot]! + 1
    if (count > UINT32_MAX) this.#widen()
    this.#slots[slot] = count
  }

  get count(): number {
    return this.#totals[COUNT]!
  }

  /** µs; null while empty, as the following ones. */
  get min(): number | null {
    return this.#totals[COUNT]! === 0 ? null : this.#totals[MIN]!
  }

  get max(): number | null {
    return this.#totals[COUNT]! === 0 ? null : this.#totals[MAX]!
  }

  get mean(): number | null {
    return this.#totals[COUNT]! === 0 ? null : this.#totals[SUM]! / this.#totals[COUNT]!
  }

  /** Nearest-rank percentile in µs, between min and max; rises with `p` (0 … 100). Null while empty. */
  percentile(p: number): number | null {
    if (this.#totals[COUNT]! === 0) return null
    // A hair less, so that 99.9 % of 1,000 is 999 in floating point as well.
    const rank = Math.ceil(((this.#totals[COUNT]! * p) / 100) * (1 - 1e-12))
    if (rank <= 1) return this.#totals[MIN]!
    if (rank >= this.#totals[COUNT]!) return this.#totals[MAX]!
    let left = rank
    const last = slotOf(this.#totals[MAX]!)
    for (let slot = slotOf(this.#totals[MIN]!); slot < last; slot++) {
      left -= this.#slots[slot]!
      if (left <= 0) return Math.min(this.#totals[MAX]!, Math.max(this.#totals[MIN]!, middleOf(slot)))
    }
    return Math.min(this.#totals[MAX]!, Math.max(this.#totals[MIN]!, middleOf(last)))
  }

  /** Calls back once per filled slot, ascending, with its middle (µs) and its count. */
  forEach(visit: (us: number, count: number) => void): void {
    if (this.#totals[COUNT]! === 0) return
    for (let slot = slotOf(this.#totals[MIN]!), last = slotOf(this.#totals[MAX]!); slot <= last; slot++) {
      const count = this.#slots[slot]!
      if (count > 0) visit(middleOf(slot), count)
    }
  }

  merge(other: Histogram): void {
    if (other.#totals[COUNT]! === 0) return
    for (let slot = slotOf(other.#totals[MIN]!), last = slotOf(other.#totals[MAX]!); slot <= last; slot++) {
      const count = other.#slots[slot]!
      if (count > 0) this.#add(slot, count)
    }
    this.#addTotals(other.#totals[COUNT]!, other.#totals[SUM]!, other.#totals[MIN]!, other.#totals[MAX]!)
  }

  /** Merges what {@link encode} made. Throws AppError `bad-input` for bytes it could not have made; then nothing has changed. */
  mergeEncoded(bytes: Uint8Array): void {
    this.mergeCells(readCells(bytes))
  }

  /** Merges bytes that {@link readCells} has read and found sound. */
  mergeCells({ count, sum, min, max, slots, counts }: Cells): void {
    for (let i = 0; i < slots.length; i++) this.#add(slots[i] ?? 0, counts[i] ?? 0)
    this.#addTotals(count, sum, min, max)
  }

  /** Version, count, sum, min, max, then (slot − previous slot, count) of each filled slot, as varints. Empty: no bytes. */
  encode(): Uint8Array {
    const writer = new ByteWriter()
    if (this.#totals[COUNT]! === 0) return writer.take()
    for (const number of [VERSION, this.#totals[COUNT]!, Math.min(this.#totals[SUM]!, Number.MAX_SAFE_INTEGER), this.#totals[MIN]!, this.#totals[MAX]!]) writer.write(number)
    let previous = 0
    for (let slot = slotOf(this.#totals[MIN]!), last = slotOf(this.#totals[MAX]!); slot <= last; slot++) {
      const count = this.#slots[slot]!
      if (count === 0) continue
      writer.write(slot - previous)
      writer.write(count)
      previous = slot
    }
    return writer.take()
  }

  /** Throws as {@link mergeEncoded}. */
  static decode(bytes: Uint8Array): Histogram {
    const histogram = new Histogram()
    histogram.mergeEncoded(bytes)
    return histogram
  }

  clear(): void {
    if (this.#totals[COUNT]! > 0) this.#slots.fill(0, slotOf(this.#totals[MIN]!), slotOf(this.#totals[MAX]!) + 1)
    this.#totals.set(EMPTY)
  }

  #add(slot: number, count: number): void {
    const sum = this.#slots[slot]! + count
    if (sum > UINT32_MAX) this.#widen()
    this.#slots[slot] = sum
  }

  #addTotals(count: number, sum: number, min: number, max: number): void {
    this.#totals.set([this.#totals[COUNT]! + count, this.#totals[SUM]! + sum, Math.min(this.#totals[MIN]!, min), Math.max(this.#totals[MAX]!, max)])
  }

  #widen(): void {
    if (this.#slots instanceof Uint32Array) this.#slots = Float64Array.from(this.#slots)
  }
}

/** Octave e ≥ 1 holds values of 1,024 … 2,047 × 2^e; below 2,048 every value has its own slot. */
function slotOf(us: number): number {
  const value = us > HIGHEST ? HIGHEST : us
  const octave = 21 - Math.clz32(value | 2047)
  return (octave << 10) + (value >>> octave)
}

function lowOf(slot: number): number {
  return slot < 2048 ? slot : ((slot & 1023) + 1024) * POWERS[(slot >> 10) - 1]!
}

/** Of 2, looked up: a histogram that arrives is verified slot by slot. */
const POWERS = Float64Array.from({ length: 32 }, (_, exponent) => 2 ** exponent)

/** Value that stands for a slot: half the slot's width from either side, at most 0.05 % off. */
function middleOf(slot: number): number {
  return slot < 2048 ? slot : Math.floor((lowOf(slot) + lowOf(slot + 1) - 1) / 2)
}

/** An encoded histogram, read and verified. */
export interface Cells {
  count: number
  sum: number
  min: number
  max: number
  slots: number[]
  counts: number[]
}

/** Throws AppError `bad-input` for bytes that encode() could not have made. */
export function readCells(bytes: Uint8Array): Cells {
  if (bytes.length === 0) return { count: 0, sum: 0, min: Infinity, max: -1, slots: [], counts: [] }
  const reader = new ByteReader(bytes)
  const version = reader.read()
  if (version !== VERSION) throw corrupt(`version ${version} instead of ${VERSION}`)
  const decoded: Cells = { count: reader.read(), sum: reader.read(), min: reader.read(), max: reader.read(), slots: [], counts: [] }
  let slot = 0
  while (!reader.ended) {
    slot += reader.read()
    decoded.slots.push(slot)
    decoded.counts.push(reader.read())
  }
  verify(decoded)
  return decoded
}

/** Whatever the bytes claim must be what record() could have made; NaN fails every comparison. */
function verify({ count, sum, min, max, slots, counts }: Cells): void {
  let counted = 0
  let least = 0
  let previous = -1
  slots.forEach((slot, i) => {
    if (!(slot > previous && slot < SLOTS && (counts[i] ?? 0) > 0)) throw corrupt('a slot that cannot be')
    previous = slot
    counted += counts[i] ?? NaN
    least += lowOf(slot) * (counts[i] ?? NaN)
  })
  if (!(count > 0 && counted === count)) throw corrupt('the counts do not add up')
  if (!(min <= max && slotOf(min) === slots[0] && slotOf(max) === slots.at(-1))) throw corrupt('minimum or maximum is outside')
  if (!(sum >= Math.min(least, Number.MAX_SAFE_INTEGER) && sum <= max * count)) throw corrupt('the sum is impossible')
}

function corrupt(what: string): AppError {
  return new AppError('bad-input', `Damaged histogram: ${what}.`)
}
