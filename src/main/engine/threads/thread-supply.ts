import { Worker } from 'node:worker_threads'
import { startTicker } from './ticker.ts'
import type { TickerLink } from './ticker.ts'

/** The scripts of the threads; where they are differs between source tree and build. */
export interface EngineEntries {
  thread: URL
  ticker: URL
}

/** A thread that has loaded its script and waits for its plan. */
export interface EngineThread {
  worker: Worker
  /** Null where nothing waits for the clock: closed model. */
  ticker: { worker: Worker; link: TickerLink } | null
}

/** A thread that leaks must die, and the run with it, before the machine does. */
const HEAP_MB = 512
/** What a request leaves behind is dead when it ends: a small nursery serves as well as the usual 48 MB. */
const YOUNG_GENERATION_MB = 2

/**
 * Where a run's threads come from. Starting one takes as long as reading and checking a task does, on another core: who
 * knows that a run will come starts one ahead.
 */
export class ThreadSupply {
  readonly #entries: EngineEntries
  #spare: EngineThread | null = null

  constructor(entries: EngineEntries) {
    this.#entries = entries
  }

  /** Starts one thread with its ticker. It does not keep the process alive. */
  ahead(): void {
    if (this.#spare !== null) return
    const spare = this.#start(true)
    this.#spare = spare
    spare.worker.unref()
    spare.worker.once('exit', () => { if (this.#spare === spare) this.#spare = null })
  }

  /** One thread, the spare one if there is. */
  take(withTicker: boolean): EngineThread {
    const spare = this.#spare
    if (spare === null) return this.#start(withTicker)
    this.#spare = null
    spare.worker.ref()
    if (withTicker) return spare
    void spare.ticker?.worker.terminate()
    return { ...spare, ticker: null }
  }

  /** Ends the spare thread, if there is one. */
  close(): void {
    void this.#spare?.worker.terminate()
    void this.#spare?.ticker?.worker.terminate()
    this.#spare = null
  }

  #start(withTicker: boolean): EngineThread {
    const ticker = withTicker ? startTicker(this.#entries.ticker) : null
    // The engine thread sees the link close: before the start it refuses to go on, later it goes on with timers.
    ticker?.worker.on('error', () => undefined)
    const worker = new Worker(this.#entries.thread, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } })
    // Whoever takes it hears of it; a spare one that fails is simply gone.
    worker.on('error', () => undefined)
    return { worker, ticker }
  }
}
