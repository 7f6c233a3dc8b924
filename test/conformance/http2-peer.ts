import net from 'node:net'
import tls from 'node:tls'
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { HEADERS, DATA, END_STREAM, FRAME_HEAD_BYTES, frame, readUint32, settingsFrame } from '../../src/main/engine/lanes/http2-frames.ts'
import type { Certificate } from '../support/certificates.ts'

/** A frame as it was read from the client. */
export interface ReadFrame {
  type: number
  flags: number
  stream: number
  payload: Buffer
}

/** What is written when a request has been read; its stream's id goes into the frames. */
export type Script = (stream: number) => Buffer

/** What follows: nothing, the end of the connection, its reset, or the last bytes again for ever. */
export type Afterwards = 'end' | 'reset' | 'again' | null

/** `split`: written in two parts that are read apart. `truncate`: only the first part, then the end. */
export type Cut = { mode: 'split' | 'truncate'; at: number } | null

const PREFACE_BYTES = 24
/** The client, in the same process, has then read what was written. */
const TURNS_TO_BE_READ = 3

/** An HTTP/2 server that reads requests properly and answers with whatever bytes it is told to. */
export class Http2Peer {
  /** Sent as soon as a client is there; a server must begin with its settings. */
  greeting: Buffer = settingsFrame([])
  script: Script = () => Buffer.alloc(0)
  afterwards: Afterwards = null
  cut: Cut = null
  certificate: Certificate | null = null
  /** False: what the client sends is left in the kernel from the first request on. */
  reads = true
  readonly frames: ReadFrame[] = []
  connections = 0
  readonly #sockets = new Set<Socket>()
  readonly #server = net.createServer((socket) => this.#greet(socket))
  #busy = 0
  #port = 0

  get port(): number {
    return this.#port
  }

  /** Connections that the client has not closed. */
  get open(): number {
    return this.#sockets.size
  }

  async listen(): Promise<this> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
    return this
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  behave(script: Script, afterwards: Afterwards = null, cut: Cut = null): void {
    this.script = script
    this.afterwards = afterwards
    this.cut = cut
  }

  /** Resolves when nothing is being written any more and the client has read it. */
  async settled(): Promise<void> {
    while (this.#busy > 0) await turns(1)
    await turns(TURNS_TO_BE_READ)
  }

  /** Written to every client, now. */
  say(bytes: Buffer): void {
    for (const socket of this.#sockets) socket.write(bytes)
  }

  #greet(plain: Socket): void {
    plain.on('error', () => {})
    if (!this.#server.listening) return void plain.destroy()
    this.connections++
    this.#sockets.add(plain)
    plain.on('close', () => this.#sockets.delete(plain))
    plain.setNoDelay(true)
    const socket = this.certificate === null ? plain : new tls.TLSSocket(plain, { isServer: true, ...this.certificate, ALPNProtocols: ['h2'] })
    socket.on('error', () => plain.destroy())
    socket.write(this.greeting)
    this.#read(socket)
  }

  #read(socket: Socket): void {
    let received = Buffer.alloc(0)
    let greeted = false
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (!greeted && received.length < PREFACE_BYTES) return
      if (!greeted) received = received.subarray(PREFACE_BYTES)
      greeted = true
      for (let length = frameLength(received); length <= received.length; length = frameLength(received)) {
        this.#heard(socket, { type: received[3]!, flags: received[4]!, stream: readUint32(received, 5), payload: received.subarray(FRAME_HEAD_BYTES, length) })
        received = received.subarray(length)
      }
    })
  }

  #heard(socket: Socket, read: ReadFrame): void {
    this.frames.push(read)
    const asks = (read.type === HEADERS || read.type === DATA) && (read.flags & END_STREAM) !== 0
    if (!asks) return
    if (!this.reads) socket.pause()
    void this.#answer(socket, read.stream)
  }

  async #answer(socket: Socket, stream: number): Promise<void> {
    this.#busy++
    const { cut, afterwards } = this
    const bytes = this.script(stream)
    try {
      const parts = cut === null ? [bytes] : cut.mode === 'truncate' ? [bytes.subarray(0, cut.at)] : [bytes.subarray(0, cut.at), bytes.subarray(cut.at)]
      for (const part of parts) {
        if (part.length > 0) socket.write(part)
        await turns(TURNS_TO_BE_READ)
      }
      if (afterwards === 'end' || cut?.mode === 'truncate') socket.end()
      else if (afterwards === 'reset') socket.resetAndDestroy()
    } finally {
      this.#busy--
    }
    if (afterwards === 'again') await this.#repeat(socket, bytes)
  }

  async #repeat(socket: Socket, bytes: Buffer): Promise<void> {
    while (!socket.destroyed) {
      if (socket.write(bytes)) await turns(1)
      else await new Promise<void>((resolve) => socket.once('drain', resolve).once('close', resolve))
    }
  }
}

function frameLength(bytes: Buffer): number {
  return bytes.length < 3 ? Infinity : FRAME_HEAD_BYTES + bytes.readUIntBE(0, 3)
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Several frames in one. */
export function frames(...parts: Buffer[]): Buffer {
  return Buffer.concat(parts)
}

/** A frame of any kind, its payload by bytes or text. */
export function raw(type: number, flags: number, stream: number, payload: number[] | string | Buffer = []): Buffer {
  return frame(type, flags, stream, typeof payload === 'string' ? Buffer.from(payload, 'latin1') : Buffer.from(payload))
}
