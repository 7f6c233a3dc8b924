import { show } from '../../shared/suggest.ts'
import { scalarPut } from './encode-scalar.ts'
import type { Put } from './encode-scalar.ts'
import { MessageError } from './message-error.ts'
import type { MessageType } from './message-type.ts'
import type { Schema } from './schema.ts'
import { wireTypeOf } from './message-type.ts'
import { BYTES, FIXED64, VARINT } from './wire.ts'
import type { WireWriter } from './wire.ts'

/** Types of google.protobuf that JSON writes in a way of its own. */
export const GOOGLE = 'google.protobuf.'
const WRAPPED = /^google\.protobuf\.(Double|Float|U?Int(32|64)|Bool|String|Bytes)Value$/
const OTHERS = new Set(['Timestamp', 'Duration', 'FieldMask', 'Struct', 'Value', 'ListValue', 'Any'])
const DURATION = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/

export function isWellKnown(name: string): boolean {
  return WRAPPED.test(name) || (name.startsWith(GOOGLE) && OTHERS.has(name.slice(GOOGLE.length)))
}

/** Null for a type that is written as its fields are. */
export function wellKnownPut(type: MessageType, schema: Schema, messagePut: (type: MessageType) => Put): Put | null {
  if (!isWellKnown(type.name)) return null
  if (WRAPPED.test(type.name)) return wrapperPut(type)
  switch (type.name.slice(GOOGLE.length)) {
    case 'Timestamp': return timestampPut
    case 'Duration': return durationPut
    case 'FieldMask': return maskPut
    case 'Struct': return structPut
    case 'Value': return valuePut
    case 'ListValue': return listPut
    case 'Any': return anyPut(schema, messagePut)
    default: return null
  }
}

function wrapperPut({ byNumber }: MessageType): Put | null {
  const kind = byNumber.get(1)?.kind ?? 0
  const put = scalarPut(kind)
  return put === null ? null : (value, writer) => {
    writer.tag(1, wireTypeOf(kind))
    put(value, writer)
  }
}

const timestampPut: Put = (value, writer) => {
  const [, date, time, fraction = '', zone = ''] = typeof value === 'string' ? (TIMESTAMP.exec(value) ?? []) : []
  const ms = date === undefined ? NaN : Date.parse(`${date}T${time}${zone.toUpperCase()}`)
  if (Number.isNaN(ms)) throw new MessageError(`${show(value)} is no time.`, 'Write for example 2026-01-31T12:00:00Z, or {{now iso}}.')
  secondsAndNanos(BigInt(Math.floor(ms / 1000)), Number(fraction.padEnd(9, '0')), writer)
}

const durationPut: Put = (value, writer) => {
  const [, sign, seconds, fraction = ''] = typeof value === 'string' ? (DURATION.exec(value) ?? []) : []
  if (seconds === undefined) throw new MessageError(`${show(value)} is no duration.`, 'Write seconds, for example 1.5s.')
  const nanos = Number(fraction.padEnd(9, '0'))
  secondsAndNanos(sign === '-' ? -BigInt(seconds) : BigInt(seconds), sign === '-' ? -nanos : nanos, writer)
}

function secondsAndNanos(seconds: bigint, nanos: number, writer: WireWriter): void {
  writer.tag(1, VARINT)
  writer.varint64(seconds)
  if (nanos === 0) return
  writer.tag(2, VARINT)
  writer.varint64(BigInt(nanos))
}

/** `user.name,items`: names as in JSON. */
const maskPut: Put = (value, writer) => {
  if (typeof value !== 'string') throw new MessageError(`${show(value)} is no field mask.`, 'Write for example "user.name,items".')
  for (const path of value.split(',').filter((one) => one !== '')) {
    writer.tag(1, BYTES)
    writer.text(path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
  }
}

const structPut: Put = (value, writer) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new MessageError(`${show(value)} is no object.`, 'Write an object: {…}.')
  for (const [name, one] of Object.entries(value)) {
    writer.tag(1, BYTES)
    const begin = writer.open()
    writer.tag(1, BYTES)
    writer.text(name)
    inner(2, valuePut, one, writer)
    writer.close(begin)
  }
}

const valuePut: Put = (value, writer) => {
  switch (typeof value) {
    case 'number':
      writer.tag(2, FIXED64)
      return writer.double(value)
    case 'string':
      writer.tag(3, BYTES)
      return writer.text(value)
    case 'boolean':
      writer.tag(4, VARINT)
      return writer.varint(value ? 1 : 0)
    default:
      if (Array.isArray(value)) return inner(6, listPut, value, writer)
      if (typeof value === 'object' && value !== null) return inner(5, structPut, value, writer)
      writer.tag(1, VARINT)
      return writer.varint(0)
  }
}

const listPut: Put = (value, writer) => {
  if (!Array.isArray(value)) throw new MessageError(`${show(value)} is no list.`, 'Write a list: […].')
  for (const one of value) inner(1, valuePut, one, writer)
}

/** `{"@type": "type.googleapis.com/shop.Item", …}`; a type of its own way of writing has its value under `value`. */
function anyPut(schema: Schema, messagePut: (type: MessageType) => Put): Put {
  return (value, writer) => {
    const { '@type': url, ...members } = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
    const type = typeof url === 'string' ? schema.message(`.${url.slice(url.lastIndexOf('/') + 1)}`) : null
    if (typeof url !== 'string' || type === null) throw new MessageError(`${show(url)} is the @type of nothing that is described.`, 'Write for example "@type": "type.googleapis.com/shop.Item".')
    writer.tag(1, BYTES)
    writer.text(url)
    inner(2, messagePut(type), wellKnownPut(type, schema, messagePut) === null ? members : members['value'], writer)
  }
}

function inner(number: number, put: Put, value: unknown, writer: WireWriter): void {
  writer.tag(number, BYTES)
  const begin = writer.open()
  put(value, writer)
  writer.close(begin)
}
