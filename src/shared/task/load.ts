import { parseDuration } from '../duration.ts'
import { AppError } from '../errors.ts'
import type { LoadSpec } from './task.ts'

/**
 * Load profile: how many iterations are due by when.
 *
 * A profile is a piecewise-linear target rate over time. `cumulative(t)` is its integral N(t), exact, and
 * `instantOf(n)` the inverse. Arrival number k (1, 2, …) is due when N(t) = k − ½: so every whole second of a constant
 * rate holds exactly that many arrivals, none sits on a border, and N(end) rounded is the planned total.
 * A change of rate keeps N continuous: the fractional position survives, nothing bursts, nothing is lost.
 */
export interface LoadProfile {
  /** Target rate at the very start, iterations per second. */
  startRate: number
  /** Straight pieces in order; a piece of length 0 is a jump. After the last one the rate is 0. */
  pieces: { durationMs: number; target: number }[]
}

/** What a LoadSpec means, compiled. */
export type LoadPlan = OpenLoad | ClosedLoad

export interface OpenLoad {
  model: 'open'
  /** Warm-up included as the first pieces. */
  profile: LoadProfile
  /** Arrivals due before this instant are kept out of the result, ms. */
  warmupMs: number
  arrivals: 'uniform' | 'poisson'
  maxConnections: number
  maxInFlight: number
}

export interface ClosedLoad {
  model: 'closed'
  connections: number
  /** Null: until `requests` are done. Includes the warm-up. */
  durationMs: number | null
  /** Null: until the duration is over. */
  requests: number | null
  warmupMs: number
}

const DEFAULT_CONNECTIONS = 10
const DEFAULT_TIMEOUT_MS = 10_000

/** Target rate at an instant, per second. At a jump the rate after it; before the start and from the end on 0. */
export function rateAt(profile: LoadProfile, ms: number): number {
  if (ms < 0) return 0
  let start = 0
  let from = profile.startRate
  for (const { durationMs, target } of profile.pieces) {
    if (ms < start + durationMs) return from + ((target - from) * (ms - start)) / durationMs
    start += durationMs
    from = target
  }
  return 0
}

/** Highest target rate from an instant on, per second. */
export function peakRate(profile: LoadProfile, fromMs = 0): number {
  let peak = rateAt(profile, fromMs)
  let end = 0
  for (const { durationMs, target } of profile.pieces) {
    end += durationMs
    if (end > fromMs) peak = Math.max(peak, target)
  }
  return fromMs > 0 ? peak : Math.max(peak, profile.startRate)
}

/** N: iterations due by an instant, fractional. */
export function cumulative(profile: LoadProfile, ms: number): number {
  let due = 0
  let left = Math.max(0, ms)
  let from = profile.startRate
  for (const { durationMs, target } of profile.pieces) {
    if (left < durationMs) return due + area(from, from + ((target - from) * left) / durationMs, left)
    due += area(from, target, durationMs)
    left -= durationMs
    from = target
  }
  return due
}

/** The inverse of N: the first instant, ms, by which `n` iterations are due. Infinity if that many never are. Arrival k is due at `instantOf(profile, k - 0.5)`. */
export function instantOf(profile: LoadProfile, n: number): number {
  if (n <= 0) return 0
  let due = 0
  let start = 0
  let from = profile.startRate
  for (const { durationMs, target } of profile.pieces) {
    const within = area(from, target, durationMs)
    if (n <= due + within) return start + Math.min(durationMs, timeFor(n - due, from, target, durationMs))
    due += within
    start += durationMs
    from = target
  }
  return Infinity
}

export function profileDuration(profile: LoadProfile): number {
  return profile.pieces.reduce((sum, { durationMs }) => sum + durationMs, 0)
}

/** How many arrivals the whole profile holds. */
export function plannedTotal(profile: LoadProfile): number {
  return Math.round(cumulative(profile, Infinity))
}

/** Numbers of the arrivals due in [fromMs, toMs): from `first` up to and without `end`. */
export function arrivalsBetween(profile: LoadProfile, fromMs: number, toMs: number): { first: number; end: number } {
  return { first: 1 + dueBefore(profile, fromMs), end: 1 + Math.max(dueBefore(profile, fromMs), dueBefore(profile, toMs)) }
}

/** Keeps the course before `atMs`, then jumps to `rate` and holds it to the old end. N stays continuous. From the end on nothing changes. */
export function withRate(profile: LoadProfile, atMs: number, rate: number): LoadProfile {
  const rest = profileDuration(profile) - Math.max(0, atMs)
  if (rest <= 0) return profile
  const before = until(profile, atMs)
  if (before.pieces.length === 0) return { startRate: rate, pieces: [{ durationMs: rest, target: rate }] }
  return { startRate: before.startRate, pieces: [...before.pieces, { durationMs: 0, target: rate }, { durationMs: rest, target: rate }] }
}

/** The course up to the instant by which `n` iterations are due. */
export function endAfter(profile: LoadProfile, n: number): LoadProfile {
  return until(profile, instantOf(profile, n))
}

/** Corners of the course, `[ms, rate]` in order; a jump gives two at the same instant. For charts. */
export function planBorders(profile: LoadProfile): [ms: number, rate: number][] {
  let ms = 0
  return [[0, profile.startRate], ...profile.pieces.map(({ durationMs, target }): [number, number] => [(ms += durationMs), target])]
}

/** What a parsed load spec means. `timeoutMs`: bound on one request; `thinkMs`: on the pauses of an iteration. Throws AppError `bad-input` for a load that would never end. */
export function compileLoad(spec: LoadSpec, timeoutMs: number = DEFAULT_TIMEOUT_MS, thinkMs = 0): LoadPlan {
  const warmupMs = lengthOf(spec.warmup)
  if (spec.rate === undefined && spec.stages === undefined) return closed(spec, warmupMs)
  const profile = warmedUp(spec.stages === undefined ? steady(spec) : staged(spec), warmupMs)
  const maxInFlight = spec.maxInFlight ?? bound(peakRate(profile), Math.min(timeoutMs, DEFAULT_TIMEOUT_MS) + thinkMs)
  return { model: 'open', profile, warmupMs, arrivals: spec.arrivals ?? 'uniform', maxConnections: spec.connections ?? Math.min(maxInFlight, 4000), maxInFlight }
}

function closed(spec: LoadSpec, warmupMs: number): ClosedLoad {
  if (spec.duration === undefined && spec.requests === undefined) throw endless()
  const durationMs = spec.duration === undefined ? null : lengthOf(spec.duration) + warmupMs
  return { model: 'closed', connections: spec.connections ?? DEFAULT_CONNECTIONS, durationMs, requests: spec.requests ?? null, warmupMs }
}

function staged(spec: LoadSpec): LoadProfile {
  return { startRate: 0, pieces: (spec.stages ?? []).map(({ duration, target }) => ({ durationMs: lengthOf(duration), target })) }
}

/** A constant rate, risen to linearly if asked, cut where the duration or the count is reached. */
function steady(spec: LoadSpec): LoadProfile {
  const { rate = 0, requests } = spec
  if (spec.duration === undefined && (requests === undefined || rate <= 0)) throw endless()
  const rampMs = lengthOf(spec.ramp)
  const wantedMs = spec.duration === undefined ? null : lengthOf(spec.duration)
  const hold = { durationMs: wantedMs ?? ((requests ?? 0) / rate) * 1000, target: rate }
  const open: LoadProfile = rampMs > 0 ? { startRate: 0, pieces: [{ durationMs: rampMs, target: rate }, hold] } : { startRate: rate, pieces: [hold] }
  return until(open, wantedMs ?? instantOf(open, requests ?? 0))
}

/** The first target that is not 0, held in front of the course. */
function warmedUp(profile: LoadProfile, warmupMs: number): LoadProfile {
  const rate = profile.startRate > 0 ? profile.startRate : profile.pieces.find(({ target }) => target > 0)?.target
  if (warmupMs === 0 || rate === undefined) return profile
  return { startRate: rate, pieces: [{ durationMs: warmupMs, target: rate }, { durationMs: 0, target: profile.startRate }, ...profile.pieces] }
}

/** The course before an instant. Pieces that it reaches are shortened, jumps at the instant itself left out. */
function until(profile: LoadProfile, ms: number): LoadProfile {
  const pieces: LoadProfile['pieces'] = []
  let left = ms
  let from = profile.startRate
  for (const { durationMs, target } of profile.pieces) {
    if (left <= 0) break
    pieces.push(left < durationMs ? { durationMs: left, target: from + ((target - from) * left) / durationMs } : { durationMs, target })
    left -= durationMs
    from = target
  }
  return { startRate: profile.startRate, pieces }
}

/** Arrival k is due before an instant if k - 0.5 < N. */
function dueBefore(profile: LoadProfile, ms: number): number {
  if (ms >= profileDuration(profile)) return plannedTotal(profile)
  return Math.max(0, Math.ceil(cumulative(profile, ms) + 0.5) - 1)
}

/** Enough for the peak rate through one slow answer and all pauses, within what a machine can bear. */
function bound(peak: number, iterationMs: number): number {
  const waiting = Math.ceil((peak * iterationMs) / 1000)
  return Math.min(100_000, Math.max(1000, waiting))
}

/** Iterations in a straight piece: the area of a trapezium. */
function area(fromRate: number, toRate: number, ms: number): number {
  return ((fromRate + toRate) * ms) / 2000
}

/**
 * Time into a straight piece, ms, after which `m` iterations of it are due: the root of r₀·t + a·t²/2 = m, in the form
 * 2m / (r₀ + √(r₀² + 2am)) that loses no digits when the slope a is small.
 */
function timeFor(m: number, fromRate: number, toRate: number, ms: number): number {
  if (fromRate === toRate) return (m / fromRate) * 1000
  const slope = ((toRate - fromRate) / ms) * 1000
  return (2000 * m) / (fromRate + Math.sqrt(Math.max(0, fromRate * fromRate + 2 * slope * m)))
}

/** Texts of a parsed task are sound; nothing is 0 ms. */
function lengthOf(duration: string | undefined): number {
  return duration === undefined ? 0 : (parseDuration(duration) ?? 0)
}

function endless(): AppError {
  return new AppError('bad-input', 'The load never ends.', { hint: 'Give it a duration or a number of requests.' })
}
