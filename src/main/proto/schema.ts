import { KIND } from './message-type.ts'
import type { EnumType, Field, MessageType, Method } from './message-type.ts'
import { WireError, WireReader } from './wire.ts'

/** What a FileDescriptorSet says of services and messages (google/protobuf/descriptor.proto). Names are looked up as protoc does, from the inside out. */
export class Schema {
  readonly #messages = new Map<string, Mutable<MessageType>>()
  readonly #enums = new Map<string, EnumType>()
  readonly #services = new Map<string, MethodRow[]>()
  readonly #open: { field: Mutable<Field>; typeName: string; scope: string }[] = []

  /** Throws {@link SchemaError}. */
  constructor(descriptorSet: Uint8Array) {
    try {
      readFields(descriptorSet, { 1: (reader) => this.#file(reader.bytes()) })
    } catch (cause) {
      throw new SchemaError(`This is no FileDescriptorSet: ${cause instanceof WireError ? cause.message : String(cause)}.`)
    }
    for (const { field, typeName, scope } of this.#open.splice(0)) this.#resolve(field, typeName, scope)
  }

  get services(): string[] {
    return [...this.#services.keys()]
  }

  /** Null: there is no such service. */
  methodsOf(service: string): string[] | null {
    return this.#services.get(service)?.map(({ name }) => name) ?? null
  }

  /** Throws {@link SchemaError} for one that is not there. */
  method(service: string, name: string): Method {
    const rows = this.#services.get(service)
    if (rows === undefined) throw new SchemaError(`There is no service ${service}.`, service, this.services)
    const row = rows.find((one) => one.name === name)
    if (row === undefined) throw new SchemaError(`The service ${service} has no method ${name}.`, name, rows.map((one) => one.name))
    const [input, output] = [this.message(row.input, service), this.message(row.output, service)]
    if (input === null || output === null) throw new SchemaError(`The type ${input === null ? row.input : row.output} of ${service}/${name} is not described.`)
    return { service, name, input, output, streamsRequests: row.streamsRequests, streamsAnswers: row.streamsAnswers }
  }

  message(typeName: string, scope = ''): MessageType | null {
    return lookUp(this.#messages, typeName, scope)
  }

  #file(bytes: Uint8Array): void {
    const file = { package: '', syntax: '' }
    const [messages, enums, services]: Buffer[][] = [[], [], []]
    readFields(bytes, {
      2: (reader) => (file.package = reader.text()),
      4: (reader) => messages!.push(reader.bytes()),
      5: (reader) => enums!.push(reader.bytes()),
      6: (reader) => services!.push(reader.bytes()),
      12: (reader) => (file.syntax = reader.text()),
    })
    for (const one of messages!) this.#message(one, file.package, file.syntax === 'proto3', 0)
    for (const one of enums!) this.#enum(one, file.package)
    for (const one of services!) this.#service(one, file.package)
  }

  #message(bytes: Uint8Array, scope: string, proto3: boolean, depth: number): void {
    if (depth > MOST_NESTED) throw new WireError('types within types without end')
    const [fields, nested, enums]: Buffer[][] = [[], [], []]
    let [name, isEntry] = ['', false]
    readFields(bytes, {
      1: (reader) => (name = reader.text()),
      2: (reader) => fields!.push(reader.bytes()),
      3: (reader) => nested!.push(reader.bytes()),
      4: (reader) => enums!.push(reader.bytes()),
      7: (reader) => readFields(reader.bytes(), { 7: (options) => (isEntry = options.varint() !== 0) }),
    })
    const full = join(scope, name)
    const own = fields!.map((one) => this.#field(one, full, proto3))
    const byName = new Map([...own.map((field): [string, Field] => [field.name, field]), ...own.map((field): [string, Field] => [field.jsonName, field])])
    this.#messages.set(full, { name: full, fields: own, byName, byNumber: new Map(own.map((field) => [field.number, field])), isEntry })
    for (const one of nested!) this.#message(one, full, proto3, depth + 1)
    for (const one of enums!) this.#enum(one, full)
  }

  #field(bytes: Uint8Array, scope: string, proto3: boolean): Field {
    const read = { name: '', number: 0, label: 1, kind: 0, typeName: '', oneof: -1, jsonName: '', packed: proto3, optional: false }
    readFields(bytes, {
      1: (reader) => (read.name = reader.text()),
      3: (reader) => (read.number = reader.varint()),
      4: (reader) => (read.label = reader.varint()),
      5: (reader) => (read.kind = reader.varint()),
      6: (reader) => (read.typeName = reader.text()),
      8: (reader) => readFields(reader.bytes(), { 2: (options) => (read.packed = options.varint() !== 0) }),
      9: (reader) => (read.oneof = reader.varint()),
      10: (reader) => (read.jsonName = reader.text()),
      17: (reader) => (read.optional = reader.varint() !== 0),
    })
    const repeated = read.label === REPEATED
    const field: Mutable<Field> = {
      name: read.name, jsonName: read.jsonName === '' ? camelCase(read.name) : read.jsonName, number: read.number, kind: read.kind, repeated,
      packed: read.packed && repeated && !UNPACKABLE.has(read.kind),
      presence: !repeated && (!proto3 || read.optional || read.oneof >= 0 || read.kind === KIND.message), oneof: read.oneof, message: null, enumeration: null,
    }
    if (read.typeName !== '') this.#open.push({ field, typeName: read.typeName, scope })
    return field
  }

  #enum(bytes: Uint8Array, scope: string): void {
    let name = ''
    const values: [string, number][] = []
    readFields(bytes, {
      1: (reader) => (name = reader.text()),
      2: (reader) => {
        const value: [string, number] = ['', 0]
        readFields(reader.bytes(), { 1: (one) => (value[0] = one.text()), 2: (one) => (value[1] = Number(BigInt.asIntN(32, one.varint64()))) })
        values.push(value)
      },
    })
    // Of several names of a number the first is the one to be shown.
    this.#enums.set(join(scope, name), { name: join(scope, name), numbers: new Map(values), names: new Map(values.map(([text, number]): [number, string] => [number, text]).reverse()) })
  }

  #service(bytes: Uint8Array, scope: string): void {
    let name = ''
    const rows: MethodRow[] = []
    readFields(bytes, {
      1: (reader) => (name = reader.text()),
      2: (reader) => {
        const row: MethodRow = { name: '', input: '', output: '', streamsRequests: false, streamsAnswers: false }
        readFields(reader.bytes(), {
          1: (one) => (row.name = one.text()),
          2: (one) => (row.input = one.text()),
          3: (one) => (row.output = one.text()),
          5: (one) => (row.streamsRequests = one.varint() !== 0),
          6: (one) => (row.streamsAnswers = one.varint() !== 0),
        })
        rows.push(row)
      },
    })
    this.#services.set(join(scope, name), rows)
  }

  #resolve(field: Mutable<Field>, typeName: string, scope: string): void {
    field.message = lookUp(this.#messages, typeName, scope)
    field.enumeration = field.message === null ? lookUp(this.#enums, typeName, scope) : null
    if (field.message !== null && field.kind !== KIND.group) field.kind = KIND.message
    if (field.message !== null) field.presence = !field.repeated
    if (field.enumeration !== null) field.kind = KIND.enum
  }
}

/** What a descriptor does not say, with what it says instead. */
export class SchemaError extends Error {
  /** What was looked for. */
  readonly sought: string
  readonly known: readonly string[]

  constructor(message: string, sought = '', known: readonly string[] = []) {
    super(message)
    this.sought = sought
    this.known = known
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

interface MethodRow {
  name: string
  input: string
  output: string
  streamsRequests: boolean
  streamsAnswers: boolean
}

const REPEATED = 3
const MOST_NESTED = 32
const UNPACKABLE = new Set<number>([KIND.string, KIND.bytes, KIND.message, KIND.group])

/** Calls the reader of each field that one is known for. */
export function readFields(bytes: Uint8Array, known: Record<number, (reader: WireReader) => unknown>): void {
  const reader = new WireReader(bytes)
  while (reader.more) {
    const tag = reader.varint()
    const read = known[Math.floor(tag / 8)]
    if (read === undefined) reader.skip(tag & 7)
    else read(reader)
  }
}

function lookUp<T>(types: ReadonlyMap<string, T>, typeName: string, scope: string): T | null {
  if (typeName.startsWith('.')) return types.get(typeName.slice(1)) ?? null
  for (let within = scope; ; within = within.slice(0, Math.max(0, within.lastIndexOf('.')))) {
    const found = types.get(join(within, typeName))
    if (found !== undefined) return found
    if (within === '') return null
  }
}

function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`
}

/** `item_count` → `itemCount`, as protoc names fields in JSON. */
export function camelCase(name: string): string {
  return name.replace(/_+(.?)/g, (_, letter: string) => letter.toUpperCase())
}
