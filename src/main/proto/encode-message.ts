import { didYouMean, show } from '../../shared/suggest.ts'
import { enumPut, scalarPut } from './encode-scalar.ts'
import type { Put } from './encode-scalar.ts'
import { wellKnownPut } from './encode-well-known.ts'
import { MessageError } from './message-error.ts'
import { KIND, MOST_DEPTH, wireTypeOf } from './message-type.ts'
import type { Field, MessageType } from './message-type.ts'
import type { Schema } from './schema.ts'
import { BYTES, WireWriter } from './wire.ts'

type Members = Record<string, unknown>

/** Makes messages of what JSON holds (protobuf.dev/programming-guides/json), compiled once per type. Nothing of a schema is ever turned into code. */
export class MessageEncoder {
  readonly #put: Put
  readonly #writer = new WireWriter()

  constructor(type: MessageType, schema: Schema) {
    this.#put = new Compiler(schema).message(type)
  }

  /** Throws {@link MessageError}. @param before bytes to be left free in front of the message. */
  encode(value: unknown, before = 0): Buffer {
    try {
      this.#put(value, this.#writer)
    } catch (error) {
      this.#writer.clear()
      throw error
    }
    return this.#writer.take(before)
  }
}

class Compiler {
  readonly #schema: Schema
  readonly #known = new Map<MessageType, Put>()
  #depth = 0

  constructor(schema: Schema) {
    this.#schema = schema
  }

  /** Writes the content of a message, without its length. A type may hold itself, so what a type needs is made when it is first met. */
  message(type: MessageType): Put {
    const known = this.#known.get(type)
    if (known !== undefined) return known
    let made: Put | null = null
    const put: Put = (value, writer) => {
      made ??= wellKnownPut(type, this.#schema, (other) => this.message(other)) ?? this.#fields(type)
      if (++this.#depth > MOST_DEPTH) this.#tooDeep()
      made(value, writer)
      this.#depth--
    }
    this.#known.set(type, put)
    return put
  }

  #tooDeep(): never {
    this.#depth = 0
    throw new MessageError(`The message is more than ${MOST_DEPTH} levels deep.`)
  }

  #fields(type: MessageType): Put {
    const puts = new Map([...type.byName].map(([name, field]) => [name, { field, put: this.#field(field) }]))
    const choices = type.fields.some(({ oneof }) => oneof >= 0)
    return (value, writer) => {
      const members = objectOf(value, type)
      if (choices) refuseBoth(members, type)
      for (const name of Object.keys(members)) {
        const known = puts.get(name)
        if (known === undefined) throw new MessageError(`There is no field ${show(name)} in ${type.name}.`, didYouMean(name, type.fields.map(({ jsonName }) => jsonName)))
        const given = members[name]
        if (given === null && !isValue(known.field)) continue
        this.#within(name, () => known.put(given, writer))
      }
    }
  }

  #within(step: string, write: () => void): void {
    const depth = this.#depth
    try {
      write()
    } catch (error) {
      this.#depth = depth
      throw error instanceof MessageError ? error.within(step) : error
    }
  }

  /** With its tag. */
  #field(field: Field): Put {
    const put = this.#value(field)
    const { number, kind } = field
    if (field.message?.isEntry === true && field.repeated) return this.#map(field, field.message)
    if (!field.repeated) return (value, writer) => {
      writer.tag(number, wireTypeOf(kind))
      put(value, writer)
    }
    return (value, writer) => {
      if (!Array.isArray(value)) throw new MessageError(`${show(value)} is no list.`, 'Write for example [1, 2].')
      if (value.length === 0) return
      if (!field.packed) return value.forEach((one, i) => this.#within(`[${i}]`, () => {
        writer.tag(number, wireTypeOf(kind))
        put(one, writer)
      }))
      writer.tag(number, BYTES)
      const begin = writer.open()
      value.forEach((one, i) => this.#within(`[${i}]`, () => put(one, writer)))
      writer.close(begin)
    }
  }

  /** Without its tag. */
  #value({ kind, message, enumeration, name }: Field): Put {
    if (message !== null && kind === KIND.message) return nested(this.message(message))
    if (enumeration !== null) return enumPut(enumeration)
    return scalarPut(kind) ?? (() => {
      throw new MessageError(kind === KIND.group ? `${name} is a group, which JSON has no words for.` : `The type of ${name} is not described.`)
    })
  }

  #map({ number }: Field, entry: MessageType): Put {
    const [key, value] = [entry.byNumber.get(1)!, entry.byNumber.get(2)!]
    const [putKey, putValue] = [this.#value(key), this.#value(value)]
    return (given, writer) => {
      for (const [name, one] of Object.entries(objectOf(given, entry))) this.#within(name, () => {
        writer.tag(number, BYTES)
        const begin = writer.open()
        writer.tag(1, wireTypeOf(key.kind))
        putKey(name, writer)
        writer.tag(2, wireTypeOf(value.kind))
        putValue(one, writer)
        writer.close(begin)
      })
    }
  }
}

function nested(put: Put): Put {
  return (value, writer) => {
    const begin = writer.open()
    put(value, writer)
    writer.close(begin)
  }
}

/** The one type in which null is a value. */
function isValue({ message, repeated }: Field): boolean {
  return !repeated && message?.name === 'google.protobuf.Value'
}

function objectOf(value: unknown, { name, isEntry }: MessageType): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
  throw new MessageError(`${show(value)} is no ${isEntry ? 'object' : name}.`, 'Write an object: {…}.')
}

function refuseBoth(members: Members, { byName }: MessageType): void {
  const chosen = new Map<number, string>()
  for (const name of Object.keys(members)) {
    const oneof = members[name] === null ? -1 : (byName.get(name)?.oneof ?? -1)
    const other = oneof < 0 ? undefined : chosen.get(oneof)
    if (other !== undefined) throw new MessageError(`${other} and ${name} exclude each other.`, 'Keep one.')
    if (oneof >= 0) chosen.set(oneof, name)
  }
}
