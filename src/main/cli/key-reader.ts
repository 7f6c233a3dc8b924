/** Keys of the live view: `r` starts typing a rate, Enter applies it, Esc leaves, `q` stops. Ctrl-C stays a signal. */
export class KeyReader {
  /** What has been typed of a new rate; null when nobody is typing. */
  typed: string | null = null
  readonly #input: NodeJS.ReadStream
  readonly #actions: { onRate(rate: number): void; onStop(): void; onChange(): void }
  readonly #onData = (data: Buffer): void => { for (const key of data.toString('utf8')) this.#press(key) }

  constructor(input: NodeJS.ReadStream, actions: { onRate(rate: number): void; onStop(): void; onChange(): void }) {
    this.#input = input
    this.#actions = actions
    if (!input.isTTY) return
    input.setRawMode(true)
    input.on('data', this.#onData)
    input.unref()
  }

  close(): void {
    if (!this.#input.isTTY) return
    this.#input.off('data', this.#onData)
    this.#input.setRawMode(false)
    this.#input.pause()
  }

  #press(key: string): void {
    // In raw mode the terminal no longer turns Ctrl-C into a signal.
    if (key === '\x03') process.kill(process.pid, 'SIGINT')
    else if (this.typed === null) this.#command(key)
    else this.#edit(key)
    this.#actions.onChange()
  }

  #command(key: string): void {
    if (key === 'r') this.typed = ''
    if (key === 'q') this.#actions.onStop()
  }

  #edit(key: string): void {
    if (key === '\x1b') this.typed = null
    else if (key === '\x7f') this.typed = this.typed?.slice(0, -1) ?? null
    else if (key === '\r' || key === '\n') this.#apply()
    else if (/[\d.]/.test(key)) this.typed += key
  }

  #apply(): void {
    const rate = Number(this.typed)
    if (this.typed !== '' && Number.isFinite(rate)) this.#actions.onRate(rate)
    this.typed = null
  }
}
