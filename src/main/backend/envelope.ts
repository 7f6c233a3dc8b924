import { createHmac, createSecretKey, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto'
import { bytesFromJson, bytesToJson } from '../../shared/base64.ts'
import { AppError } from '../../shared/errors.ts'

/**
 * Envelope: how everything stands in Redis that a node acts on (`protocol.md` §2). `1.<kid>.<mac>.<json>`, with
 * mac = HMAC-SHA256(key, purpose ‖ 0 ‖ namespace ‖ 0 ‖ place ‖ 0 ‖ json) and the key derived from the cluster's secret
 * and the namespace. What is signed is what is transmitted: there is no canonical form to disagree about.
 *
 * It promises: whoever can write to Redis but does not know the secret can disturb, never command; an envelope that was
 * copied to another place, namespace or purpose does not open. It does not hide anything, and it does not keep an older
 * envelope from being put back into its own place: epochs, revisions and boots do that.
 */

/** What an envelope is for, with the most characters that its JSON may have: checked before anything is parsed. */
const CAPS = {
  node: 64 << 10,
  manifest: 16 << 20,
  stop: 8 << 10,
  intent: 8 << 10,
  sample: 1 << 20,
  state: 16 << 20,
  view: 4 << 20,
  summary: 8 << 20,
  point: 256 << 10,
  event: 64 << 10,
  task: 8 << 20,
  run: 8 << 20,
  setting: 256 << 10,
  job: 8 << 20,
  piece: 1 << 20,
} as const

export type Purpose = keyof typeof CAPS

export type Opened = { ok: true; value: unknown } | { ok: false; why: string }

const VERSION = '1'
/** Base64url of 32 bytes. */
const MAC_LENGTH = 43
const MAX_DEPTH = 64
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])
/** Only a text with one of these can hold a forbidden key, plain or escaped; all others are spared the second look. */
const SUSPICIOUS = /__proto__|constructor|prototype|\\u/

export class Envelopes {
  /** Fingerprint of secret and namespace: tells "another secret" from "damaged". */
  readonly keyId: string
  readonly #namespace: string
  /** Not bytes, which would be made a key of for each envelope: three times as slow. */
  readonly #key: KeyObject

  /** `secret`: of the cluster; an empty one still tells apart what is damaged, but keeps nobody out. */
  constructor(secret: string, namespace: string) {
    this.#namespace = namespace
    this.#key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, namespace, 'stampede envelope', 32)))
    this.keyId = Buffer.from(hkdfSync('sha256', secret, namespace, 'stampede key id', 4)).toString('hex')
  }

  /** `place`: the key or field where it is to stand. Throws AppError `bad-input` for what is too big to be read again. */
  seal(purpose: Purpose, place: string, value: unknown): string {
    const json = bytesToJson(value)
    if (json.length > CAPS[purpose]) throw new AppError('bad-input', `This ${purpose} is too big for the cluster: ${json.length} characters, at most ${CAPS[purpose]} are taken.`)
    return `${VERSION}.${this.keyId}.${this.#mac(purpose, place, json)}.${json}`
  }

  /** Never throws, whatever the text is. */
  open(purpose: Purpose, place: string, text: string): Opened {
    const [version, keyId = '', mac = ''] = text.slice(0, 128).split('.', 3)
    if (version !== VERSION || mac.length !== MAC_LENGTH) return refused(/^\d{1,3}$/.test(version ?? '') && version !== VERSION ? `it is of version ${version}, this one reads ${VERSION}` : 'it is no envelope')
    if (keyId !== this.keyId) return refused('it was signed with another secret')
    const json = text.slice(VERSION.length + keyId.length + mac.length + 3)
    if (json.length > CAPS[purpose]) return refused(`it is bigger than ${CAPS[purpose]} characters`)
    if (!isSame(mac, this.#mac(purpose, place, json))) return refused('its signature is wrong')
    return parsePlain(json)
  }

  #mac(purpose: Purpose, place: string, json: string): string {
    return createHmac('sha256', this.#key).update(`${purpose}\0${this.#namespace}\0${place}\0`).update(json).digest('base64url')
  }
}

/** In a time that tells nothing about where they differ. */
function isSame(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** JSON of plain objects: a key that could reach a prototype, or endless nesting, is refused although the signature is right. */
function parsePlain(json: string): Opened {
  try {
    if (SUSPICIOUS.test(json)) JSON.parse(json, refuseForbidden)
    const value: unknown = json.includes('$bytes') ? bytesFromJson(json) : JSON.parse(json)
    return isDeeperThan(value, MAX_DEPTH) ? refused('it is nested too deeply') : { ok: true, value }
  } catch (error) {
    return refused(error instanceof ForbiddenKey ? error.message : 'it is no JSON')
  }
}

class ForbiddenKey extends Error {}

function refuseForbidden(key: string, value: unknown): unknown {
  if (FORBIDDEN_KEYS.has(key)) throw new ForbiddenKey(`it has a key "${key}"`)
  return value
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  if (depth === 0) return true
  for (const part of Object.values(value)) if (isDeeperThan(part, depth - 1)) return true
  return false
}

function refused(why: string): Opened {
  return { ok: false, why }
}
