import net from 'node:net'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Socket } from 'node:net'

/** What a backlog of 1 holds on Linux before further SYNs are dropped. */
const QUEUE = 2

/** A port of this machine that swallows connection attempts until it is opened. */
export class BlackHole {
  readonly port: number
  readonly #worker: Worker
  readonly #bell: Int32Array
  readonly #fillers: Socket[]

  private constructor(port: number, worker: Worker, bell: Int32Array, fillers: Socket[]) {
    this.port = port
    this.#worker = worker
    this.#bell = bell
    this.#fillers = fillers
  }

  static async dig(): Promise<BlackHole> {
    const bell = new Int32Array(new SharedArrayBuffer(4))
    const worker = new Worker(new URL('./deaf-thread.ts', import.meta.url), { workerData: bell.buffer })
    const [port] = (await once(worker, 'message')) as [number]
    const fillers = Array.from({ length: QUEUE }, () => net.connect(port, '127.0.0.1'))
    await Promise.all(fillers.map((filler) => once(filler, 'connect')))
    return new BlackHole(port, worker, bell, fillers)
  }

  /** From now on it accepts and answers. */
  open(): void {
    Atomics.store(this.#bell, 0, 1)
    Atomics.notify(this.#bell, 0)
  }

  async close(): Promise<void> {
    this.open()
    for (const filler of this.#fillers) filler.destroy()
    await this.#worker.terminate()
  }
}
