import tls from 'node:tls'
import type { Socket } from 'node:net'
import { HEADERS, DATA, END_STREAM, FRAME_HEAD_BYTES, frame, readUint32, settingsFrame } from '../../src/main/engine/lanes/http2-frames.ts'
import type { Certificate } from '../support/certificates.ts'
import { ScriptedPeer } from './peer-server.ts'
import type { Afterwards, Cut } from './peer-server.ts'

/** A frame as it was read from the client. */
export interface ReadFrame {
  type: number
  flags: number
  stream: number
  payload: Buffer
}

/** What is written when a request has been read; its stream's id goes into the frames. */
export type Script = (stream: number) => Buffer

const PREFACE_BYTES = 24

/** An HTTP/2 server that reads requests properly and answers with whatever bytes it is told to. */
export class Http2Peer extends ScriptedPeer {
  /** Sent as soon as a client is there; a server must begin with its settings. */
  greeting: Buffer = settingsFrame([])
  script: Script = () => Buffer.alloc(0)
  certificate: Certificate | null = null
  /** False: what the client sends is left in the kernel from the first request on. */
  reads = true
  readonly frames: ReadFrame[] = []
  connections = 0

  behave(script: Script, afterwards: Afterwards = null, cut: Cut = null): void {
    this.script = script
    this.next(afterwards, cut)
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
    void this.answer(socket, this.script(read.stream))
  }
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
