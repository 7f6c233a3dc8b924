import net from 'node:net'
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'

/** After each write the server yields so often: the client, in the same process, has then read what was written. */
const TURNS_TO_BE_READ = 3

/** What all ill-mannered servers have in common: a port that can be taken again, and sockets that are cut at the end. */
export abstract class PeerServer {
  readonly sockets = new Set<Socket>()
  readonly #server = net.createServer((socket) => this.#accept(socket))
  #busy = 0
  #port = 0

  get port(): number {
    return this.#port
  }

  /** Connections that the client has not closed. */
  get open(): number {
    return this.sockets.size
  }

  /** A second call takes the same port again. */
  async listen(): Promise<this> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
    return this
  }

  /** Frees the port: connections are refused from now on, those that stand are cut. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.sockets) socket.destroy()
    await closed
  }

  /** Resolves when nothing is being written any more and the client has read it. */
  async settled(): Promise<void> {
    while (this.#busy > 0) await turns(1)
    await turns(TURNS_TO_BE_READ)
  }

  /** A client is there. */
  protected abstract greet(socket: Socket): void

  /** Writes, and waits until the client has read it. */
  protected async write(socket: Socket, bytes: Uint8Array): Promise<void> {
    if (bytes.length > 0) socket.write(bytes)
    await turns(TURNS_TO_BE_READ)
  }

  /** Writes the same as fast as the client takes it, until the client is gone. */
  protected async flood(socket: Socket, bytes: Uint8Array): Promise<void> {
    while (!socket.destroyed) {
      if (socket.write(bytes)) await turns(1)
      else await new Promise<void>((resolve) => socket.once('drain', resolve).once('close', resolve))
    }
  }

  /** While it runs the server is not settled. */
  protected async busy(work: () => Promise<void>): Promise<void> {
    this.#busy++
    try {
      await work()
    } finally {
      this.#busy--
    }
  }

  #accept(socket: Socket): void {
    socket.on('error', () => {})
    // Accepted by the kernel just before the port was freed.
    if (!this.#server.listening) return void socket.destroy()
    this.sockets.add(socket)
    socket.on('close', () => this.sockets.delete(socket))
    socket.setNoDelay(true)
    this.greet(socket)
  }
}

/** What follows: nothing, the end of the connection, its reset, or the last bytes again for ever. */
export type Afterwards = 'end' | 'reset' | 'again' | null

/** `split`: written in two parts that are read apart. `truncate`: only the first part, then the end. */
export type Cut = { mode: 'split' | 'truncate'; at: number } | null

/** A server whose answers to what it reads can be cut, and followed by worse. */
export abstract class ScriptedPeer extends PeerServer {
  #afterwards: Afterwards = null
  #cut: Cut = null

  /** Written to every client, now. */
  say(bytes: Buffer): void {
    for (const socket of this.sockets) socket.write(bytes)
  }

  /** How the answers from now on are given. */
  protected next(afterwards: Afterwards, cut: Cut): void {
    this.#afterwards = afterwards
    this.#cut = cut
  }

  protected async answer(socket: Socket, bytes: Buffer): Promise<void> {
    const [afterwards, cut] = [this.#afterwards, this.#cut]
    await this.busy(async () => {
      for (const part of partsOf(bytes, cut)) await this.write(socket, part)
      if (afterwards === 'end' || cut?.mode === 'truncate') socket.end()
      else if (afterwards === 'reset') socket.resetAndDestroy()
    })
    if (afterwards === 'again') await this.flood(socket, bytes)
  }
}

function partsOf(bytes: Buffer, cut: Cut): Buffer[] {
  if (cut === null) return [bytes]
  const first = bytes.subarray(0, cut.at)
  return cut.mode === 'truncate' ? [first] : [first, bytes.subarray(cut.at)]
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
