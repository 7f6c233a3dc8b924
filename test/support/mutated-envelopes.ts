import { createHmac, hkdfSync } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { Envelopes, type Purpose } from '../../src/main/backend/envelope.ts'
import { intentShape, manifestShape, nodeShape, sampleShape, stopShape, viewShape } from '../../src/main/backend/redis/shapes.ts'
import { Vault } from '../../src/main/backend/redis/vault.ts'
import { manifestOf, nodeOf, openRunOf, sampleOf, tallyOf, viewOf } from '../contract/fixtures.ts'

const SECRET = 'the secret of the cluster'
const NAMESPACE = 'default'
const key = Buffer.from(hkdfSync('sha256', SECRET, NAMESPACE, 'stampede envelope', 32))

interface Kind {
  purpose: Purpose
  place: string
  shape: z.ZodType
  value: unknown
}

const lease = { nodeId: 'm', epoch: 1_700_000_000_000, token: 'token', renews: 3 }
const histogram = Uint8Array.of(1, 3, 60, 10, 30, 10, 1, 10, 1, 10, 1)

/** All that a node acts on, as it stands in Redis. */
const KINDS: readonly Kind[] = [
  { purpose: 'node', place: 'nodes/a', shape: nodeShape, value: nodeOf('a') },
  { purpose: 'manifest', place: 'want/a', shape: manifestShape, value: manifestOf('a', lease, 7) },
  { purpose: 'stop', place: 'stop/task', shape: stopShape, value: { taskId: 'task', orderNo: 9 } },
  { purpose: 'intent', place: 'req', shape: intentShape, value: { id: 'i', op: 'drain', nodeId: 'b' } },
  { purpose: 'sample', place: 'res/run/a#boot/1', shape: sampleShape, value: sampleOf('run', 3, { tally: { ...tallyOf(3), response: histogram, lag: histogram } }) },
  { purpose: 'view', place: 'view/run', shape: viewShape, value: viewOf(openRunOf('run', 'task')) },
]

export interface Verdict {
  kind: Kind
  text: string
  /** What was accepted; null: refused. */
  opened: unknown
}

/**
 * Mutates envelopes without end: bytes flipped, cut, doubled, moved between envelopes; every second one is then signed
 * anew, as another version with the secret might have written it.
 */
export class MutatedEnvelopes {
  readonly #envelopes = new Envelopes(SECRET, NAMESPACE)
  readonly #vault = new Vault(this.#envelopes, () => undefined)
  readonly #sealed = KINDS.map(({ purpose, place, value }) => this.#envelopes.seal(purpose, place, value))
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** The next one, read as a node reads it. Throws only if reading does. */
  next(): Verdict {
    const index = this.#below(KINDS.length)
    const kind = KINDS[index] as Kind
    const original = this.#sealed[index] ?? ''
    const signed = this.#below(2) === 0
    const text = signed ? this.#signed(kind, this.#mutated(original.slice(original.indexOf('{')))) : this.#mutated(original)
    return { kind, text, opened: text === original ? kind.value : this.#vault.open(kind.purpose, kind.place, text, kind.shape) }
  }

  #signed({ purpose, place }: Kind, json: string): string {
    const mac = createHmac('sha256', key).update(`${purpose}\0${NAMESPACE}\0${place}\0${json}`).digest('base64url')
    return `1.${this.#envelopes.keyId}.${mac}.${json}`
  }

  #mutated(text: string): string {
    let mutated = text
    for (let left = 1 + this.#below(3); left > 0; left -= 1) mutated = this.#mutate(mutated)
    return mutated
  }

  #mutate(text: string): string {
    const [at, to] = [this.#below(text.length + 1), this.#below(text.length + 1)]
    switch (this.#below(6)) {
      case 0: return text.slice(0, at) + String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << this.#below(7))) + text.slice(at + 1)
      case 1: return text.slice(0, at)
      case 2: return text.slice(0, at) + text.slice(Math.min(at, to), Math.max(at, to)) + text.slice(at)
      case 3: return text.slice(0, Math.min(at, to)) + text.slice(Math.max(at, to))
      case 4: return text.slice(0, at) + (PIECES[this.#below(PIECES.length)] ?? '') + text.slice(at)
      default: return text.slice(0, at) + (this.#sealed[this.#below(KINDS.length)] ?? '').slice(to)
    }
  }

  /** xorshift32: the same seed makes the same envelopes. */
  #below(bound: number): number {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    return (this.#state >>> 0) % bound
  }
}

const PIECES = ['{', '}', '[', ']', '"', ',', ':', '.', '\0', '\n', '\\', '\\u0000', '"__proto__":{"x":1},', '"constructor":', '-1', '1e999', 'null', 'NaN', '9007199254740993', '{"$bytes":"AAAA"}', '{"$bytes":"*"}', '\ud800', '😀']

/** Why a verdict is none that may be; null for one that may. What was accepted must be what its shape says, and unforged. */
export function faultOf({ kind, text, opened }: Verdict): string | null {
  if (opened === null) return null
  if (!kind.shape.safeParse(opened).success) return 'accepted, and is not of its shape'
  if (Object.getPrototypeOf(opened) !== Object.prototype) return 'accepted, and has another prototype'
  const isOurs = text.split('.')[2] === createHmac('sha256', key).update(`${kind.purpose}\0${NAMESPACE}\0${kind.place}\0${text.slice(text.indexOf('.', text.indexOf('.', 2) + 1) + 1)}`).digest('base64url')
  return isOurs || isDeepStrictEqual(opened, kind.value) ? null : 'accepted, and nobody has signed it'
}
