import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { ScriptedPeer } from './peer-server.ts'
import type { Afterwards, Cut } from './peer-server.ts'

/** A frame as it was read from the client, unmasked. */
export interface ReadMessage {
  opcode: number
  payload: Buffer
}

/** A frame of a server: unmasked, final unless `flags` says otherwise. */
export function message(opcode: number, payload: string | Buffer | number[] = '', flags = 0x80): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(payload)
  const length = bytes.length < 126 ? [bytes.length] : bytes.length < 65_536 ? [126, bytes.length >> 8, bytes.length & 255] : [127, 0, 0, 0, 0, ...bytes.length.toString(16).padStart(8, '0').match(/../g)!.map((hex) => Number.parseInt(hex, 16))]
  return Buffer.concat([Buffer.from([flags | opcode, ...length]), bytes])
}

/** The answer to an upgrade, given what Sec-WebSocket-Accept has to be. */
export type Welcome = (accept: string) => string

export const WELCOME: Welcome = (accept) => `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`

/** A WebSocket server that reads properly and answers with whatever bytes it is told to. */
export class WebSocketPeer extends ScriptedPeer {
  welcome: Welcome = WELCOME
  /** The welcome is written in two parts, cut here. */
  welcomeCut = 0
  /** Written behind the welcome, in the same write. */
  greeting: Buffer = Buffer.alloc(0)
  script: (sent: Buffer) => Buffer = () => Buffer.alloc(0)
  readonly upgrades: string[] = []
  readonly messages: ReadMessage[] = []

  behave(script: (sent: Buffer) => Buffer, afterwards: Afterwards = null, cut: Cut = null): void {
    this.script = script
    this.next(afterwards, cut)
  }

  protected greet(socket: Socket): void {
    let received = Buffer.alloc(0)
    let upgraded = false
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      const end = received.indexOf('\r\n\r\n')
      if (!upgraded && end < 0) return
      if (!upgraded) {
        this.#welcome(socket, received.toString('latin1', 0, end + 4))
        received = received.subarray(end + 4)
      }
      upgraded = true
      for (let read = readFrame(received); read !== null; read = readFrame(received)) {
        received = received.subarray(read.length)
        this.messages.push(read)
        if (read.opcode < 8 || read.opcode === 9) void this.answer(socket, this.script(read.payload))
      }
    })
  }

  #welcome(socket: Socket, request: string): void {
    this.upgrades.push(request)
    const key = /\r\nSec-WebSocket-Key: (\S+)\r\n/i.exec(request)?.[1] ?? ''
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    const bytes = Buffer.concat([Buffer.from(this.welcome(accept), 'latin1'), this.greeting])
    const at = this.welcomeCut
    void this.busy(async () => {
      for (const part of at === 0 ? [bytes] : [bytes.subarray(0, at), bytes.subarray(at)]) await this.write(socket, part)
    })
  }
}

/** The first frame of the client, or null when it is not complete. Throws when it is not masked. */
function readFrame(bytes: Buffer): (ReadMessage & { length: number }) | null {
  if (bytes.length < 2) return null
  if ((bytes[1]! & 0x80) === 0) throw new Error('a client must mask')
  const short = bytes[1]! & 0x7f
  const extended = short < 126 ? 0 : short === 126 ? 2 : 8
  if (bytes.length < 6 + extended) return null
  const size = extended === 0 ? short : extended === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  const start = 6 + extended
  if (bytes.length < start + size) return null
  const key = bytes.subarray(start - 4, start)
  const payload = Buffer.from(bytes.subarray(start, start + size).map((byte, i) => byte ^ key[i & 3]!))
  return { opcode: bytes[0]! & 15, payload, length: start + size }
}
