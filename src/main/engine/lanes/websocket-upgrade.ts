import { createHash, randomBytes } from 'node:crypto'
import { headerValues } from '../measure/check-predicates.ts'
import { statusText } from '../measure/status-text.ts'
import type { CompiledRequest } from './compiled-request.ts'
import { statusOf } from './http1-bytes.ts'
import type { Failure } from './socket-errors.ts'

/** RFC 6455 §1.3: proves that the server knows what a WebSocket is. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** Of requests that are no upgrade. */
const LEFT_OUT = new Set(['connection', 'content-length'])

/** How a connection asks for a WebSocket (RFC 6455 §4). */
export class UpgradeTemplate {
  private readonly request: CompiledRequest
  private lines = ''
  private offered: string[] = []

  constructor(request: CompiledRequest) {
    this.request = request
    this.write(request)
  }

  /** A new request with a key of its own, and what has to be true of the answer. A token may be another than last time. */
  next(): { wire: Buffer; judge: (head: Buffer) => Failure | null } {
    if (this.request.source !== undefined) this.write(this.request.source.requestFor(0))
    const key = randomBytes(16).toString('base64')
    const accept = createHash('sha1').update(key + GUID).digest('base64')
    return { wire: Buffer.from(`${this.lines}Sec-WebSocket-Key: ${key}\r\n\r\n`, 'utf8'), judge: (head) => this.judge(head, accept) }
  }

  private write({ path, headers }: CompiledRequest): void {
    const own = headers.filter(([name]) => !LEFT_OUT.has(name.toLowerCase()))
    this.lines = `GET ${path} HTTP/1.1\r\n${own.map(([name, value]) => `${name}: ${value}\r\n`).join('')}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n`
    this.offered = own.filter(([name]) => name.toLowerCase() === 'sec-websocket-protocol').flatMap(([, value]) => value.split(',').map((one) => one.trim()))
  }

  private judge(head: Buffer, accept: string): Failure | null {
    const status = statusOf(head, 0, head.indexOf('\r\n'))
    if (status < 0) return refusal('the server does not answer in HTTP')
    if (status !== 101) return refusal(`the server refused the WebSocket with ${statusText(status)}`)
    const text = head.toString('latin1')
    const has = (name: string, value: string): boolean => headerValues(text, name).some((one) => one.toLowerCase().split(/\s*,\s*/).includes(value))
    if (!has('upgrade', 'websocket') || !has('connection', 'upgrade')) return refusal('101 without an upgrade to a WebSocket')
    if (headerValues(text, 'sec-websocket-accept')[0] !== accept) return refusal('Sec-WebSocket-Accept does not belong to the key')
    if (headerValues(text, 'sec-websocket-extensions').length > 0) return refusal('an extension that was not asked for')
    const [chosen] = headerValues(text, 'sec-websocket-protocol')
    return chosen === undefined || this.offered.includes(chosen) ? null : refusal('a subprotocol that was not asked for')
  }
}

function refusal(message: string): Failure {
  return { kind: 'protocol', message }
}
