import type { ErrorGroup, Point } from '../../shared/results/summary.ts'

/**
 * The seconds of a run as a report carries them: column by column, and for a long run several seconds joined. Figures have
 * three digits, so columns of JSON numbers are as small as base64 and can be read by anybody.
 */

/** Beyond so many a line has more points than pixels. */
export const MOST_POINTS = 1200

const FIGURES = ['target', 'planned', 'started', 'completed', 'failed', 'dropped', 'cancelled', 'p50', 'p90', 'p95', 'p99', 'p999', 'max', 'serviceP50', 'serviceP99', 'lagP99', 'inFlight', 'queued', 'connections', 'bytesReceived', 'cpuPercent', 'loopLagMs'] as const satisfies readonly (keyof Point)[]
type Figure = (typeof FIGURES)[number]

export interface PackedSeconds {
  /** How long one point is, ms. Beyond 1000 the points come in pairs: of two spans the lows, then the highs, or the other way round. */
  spanMs: number
  atMs: number[]
  /** Of how many points the first are warm-up. */
  warmup: number
  figures: Record<Figure, (number | null)[]>
  /** Per point: the first filled bin of `heat.ts`, then the count of each bin from there on. */
  heat: number[][]
  /** Per point: index into the run's error groups, count, … */
  errors: number[][]
  statuses: Record<string, number>[]
  problems: Point['problems'][]
}

export function packSeconds(points: readonly Point[], errors: readonly ErrorGroup[]): PackedSeconds {
  const { spanMs, joined } = join(points)
  const figures = Object.fromEntries(FIGURES.map((name) => [name, joined.map((point) => shorter(point[name]))])) as PackedSeconds['figures']
  const indexes = new Map(errors.map((group, index) => [keyOf(group), index]))
  return {
    spanMs,
    atMs: joined.map(({ atMs }) => atMs),
    warmup: joined.filter(({ warmup }) => warmup).length,
    figures,
    heat: joined.map(({ heat }) => packHeat(heat)),
    errors: joined.map((point) => point.errors.flatMap((error) => [indexes.get(keyOf(error)) ?? -1, error.count])),
    statuses: joined.map(({ statuses }) => statuses),
    problems: joined.map(({ problems }) => problems),
  }
}

/** The points again; figures per node are not among them. */
export function unpackSeconds(packed: PackedSeconds, errors: readonly Pick<ErrorGroup, 'kind' | 'status' | 'message'>[]): Point[] {
  return packed.atMs.map((atMs, index) => ({
    ...(Object.fromEntries(FIGURES.map((name) => [name, packed.figures[name][index] ?? null])) as Record<Figure, number> & Pick<Point, 'p50'>),
    atMs,
    warmup: index < packed.warmup,
    heat: unpackHeat(packed.heat[index] ?? []),
    errors: unpackErrors(packed.errors[index] ?? [], errors),
    statuses: packed.statuses[index] ?? {},
    problems: packed.problems[index] ?? [],
    nodes: [],
  }))
}

/** What a joined pair of spans shows: the lows of both in one, the highs in the other, so that no peak is lost and none is a mean. */
function join(points: readonly Point[]): { spanMs: number; joined: Point[] } {
  const last = points.at(-1)?.atMs ?? 0
  const seconds = Math.ceil(last / 1000 / MOST_POINTS)
  if (seconds <= 1) return { spanMs: 1000, joined: [...points] }
  const spanMs = seconds * 1000
  const pairs = Map.groupBy(points, ({ atMs }) => Math.floor((atMs - 1000) / (2 * spanMs)))
  return { spanMs, joined: [...pairs].flatMap(([pair, group]) => joinPair(group, pair * 2 * spanMs, spanMs)) }
}

function joinPair(group: readonly Point[], fromMs: number, spanMs: number): Point[] {
  const halves = [group.filter(({ atMs }) => atMs <= fromMs + spanMs), group.filter(({ atMs }) => atMs > fromMs + spanMs)]
  const rises = peakOf(halves[1] ?? []) >= peakOf(halves[0] ?? [])
  return halves.flatMap((half, index) => {
    if (half.length === 0) return []
    // With seconds in one half only there is one point, and it shows the worst.
    const highest = halves.some(({ length }) => length === 0) || (index === 1) === rises
    return [joinHalf(half, group, fromMs + (index + 1) * spanMs, highest)]
  })
}

function joinHalf(half: readonly Point[], group: readonly Point[], atMs: number, highest: boolean): Point {
  const first = half[0] as Point
  const extremes = FIGURES.map((name) => [name, extreme(group.map((point) => point[name]), highest)])
  return {
    ...first,
    ...(Object.fromEntries(extremes) as Record<Figure, number>),
    atMs,
    heat: sumPairs(half.map(({ heat }) => heat)),
    errors: half.flatMap(({ errors }) => errors),
    statuses: sumStatuses(half.map(({ statuses }) => statuses)),
    problems: [...new Set(half.flatMap(({ problems }) => problems))],
    nodes: [],
  }
}

function peakOf(points: readonly Point[]): number {
  return points.reduce((peak, { p99, completed }) => Math.max(peak, p99 ?? completed), 0)
}

function extreme(values: readonly (number | null)[], highest: boolean): number | null {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return null
  return highest ? Math.max(...known) : Math.min(...known)
}

function sumPairs(lists: readonly number[][]): number[] {
  const sums = new Map<number, number>()
  for (const list of lists) for (let i = 0; i + 1 < list.length; i += 2) sums.set(list[i] ?? 0, (sums.get(list[i] ?? 0) ?? 0) + (list[i + 1] ?? 0))
  return [...sums].sort(([a], [b]) => a - b).flat()
}

function sumStatuses(all: readonly Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const statuses of all) for (const [status, count] of Object.entries(statuses)) sums[status] = (sums[status] ?? 0) + count
  return sums
}

/** As summaries hold it; rates of a ramp come with all their digits. */
function shorter(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(Math.abs(value) >= 1000 ? 12 : 4))
}

function packHeat(heat: readonly number[]): number[] {
  const first = heat[0]
  if (first === undefined) return []
  const counts: number[] = []
  for (let i = 0; i + 1 < heat.length; i += 2) counts[(heat[i] ?? 0) - first] = heat[i + 1] ?? 0
  return [first, ...Array.from(counts, (count: number | undefined) => count ?? 0)]
}

function unpackHeat([first, ...counts]: readonly number[]): number[] {
  return first === undefined ? [] : counts.flatMap((count, index) => (count === 0 ? [] : [first + index, count]))
}

function unpackErrors(packed: readonly number[], groups: readonly Pick<ErrorGroup, 'kind' | 'status' | 'message'>[]): Point['errors'] {
  const errors: Point['errors'] = []
  for (let i = 0; i + 1 < packed.length; i += 2) {
    const { kind = 'other', status = 0, message = 'other' } = groups[packed[i] ?? -1] ?? {}
    errors.push({ kind, status, message, count: packed[i + 1] ?? 0 })
  }
  return errors
}

function keyOf({ kind, status, message }: Pick<ErrorGroup, 'kind' | 'status' | 'message'>): string {
  return `${kind} ${status} ${message}`
}
