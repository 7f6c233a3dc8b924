import tls from 'node:tls'
import type { Socket } from 'node:net'
import { HEADERS, DATA, END_STREAM, FRAME_HEAD_BYTES, frame, readUint32, settingsFrame } from '../../src/main/engine/lanes/http2-frames.ts'
import type { Certificate } from '../support/certificates.ts'
import { PeerServer } from './peer-server.ts'

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

/** An HTTP/2 server that reads requests properly and answers with whatever bytes it is told to. */
export class Http2Peer extends PeerServer {
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

  behave(script: Script, afterwards: Afterwards = null, cut: Cut = null): void {
    this.script = script
    this.afterwards = afterwards
    this.cut = cut
  }

  /** Written to every client, now. */
  say(bytes: Buffer): void {
    for (const socket of this.sockets) socket.write(bytes)
  }

  protected greet(plain: Socket): void {
    this.connections++
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
    const { cut, afterwards } = this
    const bytes = this.script(stream)
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

function frameLength(bytes: Buffer): number {
  return bytes.length < 3 ? Infinity : FRAME_HEAD_BYTES + bytes.readUIntBE(0, 3)
}

/** Several frames in one. */
export function frames(...parts: Buffer[]): Buffer {
  return Buffer.concat(parts)
}

/** A frame of any kind, its payload by bytes or text. */
export function raw(type: number, flags: number, stream: number, payload: number[] | string | Buffer = []): Buffer {
  return frame(type, flags, stream, typeof payload === 'string' ? Buffer.from(payload, 'latin1') : Buffer.from(payload))
}
