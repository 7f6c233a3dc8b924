import { parseArgs } from 'node:util'
import { plainRow, outcomeOf, type Row } from '../row.ts'
import { rowLine } from '../report.ts'
import { openGallery, tellNothing, tellSecond, writeSeconds, type GalleryPage } from './gallery-page.ts'
import { atRest } from './rest.ts'
import { writeUiReport } from './ui-report.ts'

/**
 * `npm run bench:ui [-- --rounds N --out FILE]`: what the screens cost while a run of an hour is open in them, and after
 * its end. CPU time, so that neighbours on the machine add little to it; without a graphics card Chromium also paints with it.
 */
const HOUR_S = 3600
const SECONDS = 30
/** Told in a hurry beforehand: over an hour, what the browser spends on compiling what a page does each second is nothing. */
const WARM_UP = 150
/** What a hurry leaves behind, as compiling and collecting, is over by then. */
const SETTLE_MS = 15_000
/** Seconds told in a hurry, to see what is kept of them. */
const HURRIED = 600
const STEPS = 6
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function main(): Promise<void> {
  const { values: { rounds, out } } = parseArgs({ options: { rounds: { type: 'string', default: '3' }, out: { type: 'string' } } })
  const rows = [...(await ofTheRunScreen(Number(rounds))), ...(await afterARun())]
  for (const row of rows) process.stdout.write(`${rowLine(row)}\n`)
  if (out !== undefined) await writeUiReport(out, rows, `npm run bench:ui -- --rounds ${rounds} --out ${out}`)
  process.exitCode = rows.some((row) => outcomeOf(row) === 'not met') ? 1 : 0
}

async function ofTheRunScreen(rounds: number): Promise<Row[]> {
  const gallery = await openGallery('long')
  try {
    const run = new OpenRun(gallery)
    await run.hurry(WARM_UP)
    await wait(SETTLE_MS)
    const costs = await costOfSeconds(run, gallery, rounds)
    return [
      plainRow('CPU of the page per second of an hour’s run, less that at rest', 'ms', 30, costs, '30 ms are 3 % of a core; all charts, tiles and tables of the run screen at 1440×900, painted by the CPU'),
      plainRow('memory of the page over a further hour, highest of lowest', 'ratio', 1.1, [await heapGrowth(run, gallery)], 'objects and arrays of the heap, after a collection'),
    ]
  } finally {
    await gallery.close()
  }
}

async function afterARun(): Promise<Row[]> {
  const rest = await atRest()
  return [
    plainRow('product and page from 10 s after a run on, less an empty page of the same browser', '% of a core', 1, [rest.productPercent + rest.pagePercent]),
    plainRow('of that the product', '% of a core', null, [rest.productPercent]),
    plainRow('the browser with an empty page', '% of a core', null, [rest.emptyPercent]),
    plainRow('resident memory of the product after a run, of that after the run before', 'ratio', 1.1, [rest.memoryRatio]),
  ]
}

/** The run that is open in the page, second by second. */
class OpenRun {
  readonly #gallery: GalleryPage
  #seconds = HOUR_S

  constructor(gallery: GalleryPage) {
    this.#gallery = gallery
  }

  /** What the next seconds tell. Its own cost comes before what is measured. */
  async write(seconds: number): Promise<void> {
    await writeSeconds(this.#gallery.page, this.#seconds * 1000, seconds)
    this.#seconds += seconds
  }

  tell(): Promise<void> {
    return tellSecond(this.#gallery.page)
  }

  async hurry(seconds: number): Promise<void> {
    await this.write(seconds)
    for (let second = 0; second < seconds; second++) await this.tell()
    await wait(1000)
  }
}

/** In turns: so many seconds with a new point each, and so many without, as anything else the page does is not theirs, nor how it is told. */
async function costOfSeconds(run: OpenRun, gallery: GalleryPage, rounds: number): Promise<number[]> {
  const costs: number[] = []
  const busyWhile = async (work: () => Promise<void>): Promise<number> => {
    const before = await gallery.cpuMs()
    for (let second = 0; second < SECONDS; second++) {
      await work()
      await wait(1000)
    }
    return ((await gallery.cpuMs()) - before) / SECONDS
  }
  for (let round = 0; round < rounds; round++) {
    await run.write(SECONDS)
    const told = await busyWhile(() => run.tell())
    costs.push(told - (await busyWhile(() => tellNothing(gallery.page))))
  }
  return costs
}

async function heapGrowth(run: OpenRun, gallery: GalleryPage): Promise<number> {
  await run.hurry(HURRIED) // What is compiled is kept as well, and grows in the first minutes.
  const heaps = [await gallery.heapBytes()]
  for (let step = 0; step < STEPS; step++) {
    await run.hurry(HURRIED)
    heaps.push(await gallery.heapBytes())
  }
  return Math.max(...heaps) / Math.min(...heaps)
}

await main()
