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

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
