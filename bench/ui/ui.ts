import { plainRow, outcomeOf, type Row } from '../row.ts'
import { rowLine } from '../report.ts'
import { openGallery, tellSecond, type GalleryPage } from './gallery-page.ts'
import { atRest } from './rest.ts'

/**
 * `npm run bench:ui [-- --rounds N]`: what the screens cost while a run of an hour is open in them, and after its end.
 * CPU time, so that neighbours on the machine add little to it; without a graphics card Chromium also paints with it.
 */
const HOUR_S = 3600
const SECONDS = 30
/** Seconds told in a hurry, to see what is kept of them. */
const HURRIED = 600
const STEPS = 6
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function main(): Promise<void> {
  const rounds = Number(/--rounds (\d+)/.exec(process.argv.join(' '))?.[1] ?? 3)
  const gallery = await openGallery('long')
  const rows: Row[] = []
  try {
    const cost = await costOfSeconds(gallery, rounds)
    rows.push(plainRow('CPU of the page per second of an hour’s run, less that at rest', 'ms', 30, cost, '30 ms are 3 % of a core; all charts, tiles and tables of the run screen at 1440×900'))
    rows.push(plainRow('heap over a further hour, highest of lowest', 'ratio', 1.1, [await heapGrowth(gallery)]))
  } finally {
    await gallery.close()
  }
  const rest = await atRest()
  rows.push(plainRow('product and page, from 10 s after a run on', '% of a core', 1, [rest.cpuPercent]))
  rows.push(plainRow('resident memory of the product after a run, of that after the run before', 'ratio', 1.1, [rest.memoryRatio]))
  for (const row of rows) process.stdout.write(`${rowLine(row)}\n`)
  process.exitCode = rows.some((row) => outcomeOf(row) === 'not met') ? 1 : 0
}

/** In turns: so many seconds with a new point each, and so many without, as anything else the page does is not theirs. */
async function costOfSeconds(gallery: GalleryPage, rounds: number): Promise<number[]> {
  const costs: number[] = []
  let atMs = HOUR_S * 1000
  const busyWhile = async (work: () => Promise<void>): Promise<number> => {
    const before = await gallery.cpuMs()
    for (let second = 0; second < SECONDS; second++) {
      await work()
      await wait(1000)
    }
    return ((await gallery.cpuMs()) - before) / SECONDS
  }
  for (let round = 0; round < rounds; round++) {
    const told = await busyWhile(() => tellSecond(gallery.page, (atMs += 1000)))
    costs.push(told - (await busyWhile(async () => undefined)))
  }
  return costs
}

async function heapGrowth(gallery: GalleryPage): Promise<number> {
  const heaps: number[] = []
  let atMs = 2 * HOUR_S * 1000
  for (let step = 0; step <= STEPS; step++) {
    heaps.push(await gallery.heapBytes())
    for (let second = 0; second < HURRIED && step < STEPS; second++) await tellSecond(gallery.page, (atMs += 1000))
  }
  return Math.max(...heaps) / Math.min(...heaps)
}

await main()
