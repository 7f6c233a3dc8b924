import type { Socket } from 'node:net'
import { ScriptedPeer } from './peer-server.ts'
import type { Afterwards, Cut } from './peer-server.ts'

/** A server of bytes: each read of a request is answered with whatever it is told to. */
export class TcpPeer extends ScriptedPeer {
  /** Said as soon as a client is there. */
  greeting: Buffer = Buffer.alloc(0)
  script: (sent: Buffer) => Buffer = (sent) => sent
  received: Buffer[] = []

  behave(script: (sent: Buffer) => Buffer, afterwards: Afterwards = null, cut: Cut = null): void {
    this.script = script
    this.next(afterwards, cut)
  }

  protected greet(socket: Socket): void {
    if (this.greeting.length > 0) socket.write(this.greeting)
    socket.on('data', (chunk) => {
      this.received.push(chunk)
      void this.answer(socket, this.script(chunk))
    })
  }
}
