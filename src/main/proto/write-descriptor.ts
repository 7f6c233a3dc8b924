import type protobuf from 'protobufjs'
import { KIND } from './message-type.ts'
import { BYTES, VARINT, WireWriter } from './wire.ts'

/** The part of protobufjs that is needed here: it is given, for only who reads .proto files loads it. */
export type Protobuf = typeof protobuf

const REPEATED = 3
const OPTIONAL = 1
const REQUIRED = 2

/** What a parsed .proto file says, as a FileDescriptorSet: one file per package, all names whole. All references must have been resolved. */
export function writeDescriptor(root: protobuf.Root, library: Protobuf): Buffer {
  const writer = new WireWriter()
  new DescriptorWriter(writer, library).files(root)
  return writer.take()
}

class DescriptorWriter {
  readonly #to: WireWriter
  readonly #library: Protobuf

  constructor(to: WireWriter, library: Protobuf) {
    this.#to = to
    this.#library = library
  }

  files(namespace: protobuf.NamespaceBase): void {
    const { Type, Enum, Service, Namespace } = this.#library
    const nested = namespace.nestedArray
    const name = namespace.fullName.replace(/^\./, '')
    this.#inner(1, () => {
      this.#text(1, `${name === '' ? 'root' : name.replaceAll('.', '/')}.proto`)
      if (name !== '') this.#text(2, name)
      for (const one of nested) if (one instanceof Type) this.#inner(4, () => this.#message(one))
      for (const one of nested) if (one instanceof Enum) this.#inner(5, () => this.#enum(one))
      for (const one of nested) if (one instanceof Service) this.#inner(6, () => this.#service(one))
      this.#text(12, 'proto3')
    })
    for (const one of nested) if (one instanceof Namespace && !(one instanceof Type) && !(one instanceof Service)) this.files(one)
  }

  #message(type: protobuf.Type): void {
    const { Type, Enum, MapField } = this.#library
    this.#text(1, type.name)
    for (const field of type.fieldsArray) this.#inner(2, () => this.#field(field, type))
    for (const field of type.fieldsArray) if ((field as object) instanceof MapField) this.#inner(3, () => this.#entry(field as object as protobuf.MapField))
    for (const one of type.nestedArray) if (one instanceof Type) this.#inner(3, () => this.#message(one))
    for (const one of type.nestedArray) if (one instanceof Enum) this.#inner(4, () => this.#enum(one))
    for (const oneof of type.oneofsArray) this.#inner(8, () => this.#text(1, oneof.name))
  }

  #field(field: protobuf.Field, type: protobuf.Type): void {
    this.#text(1, field.name)
    this.#number(3, field.id)
    this.#number(4, field.repeated || field.map ? REPEATED : field.required ? REQUIRED : OPTIONAL)
    if (field.map) this.#typed(KIND.message, `${type.fullName}.${entryName(field)}`)
    else this.#typed(kindOf(field), field.resolvedType?.fullName ?? '')
    if (field.repeated && !field.packed) this.#inner(8, () => this.#number(2, 0))
    if (field.partOf !== null) this.#number(9, type.oneofsArray.indexOf(field.partOf))
    const jsonName: unknown = field.options?.['json_name']
    if (typeof jsonName === 'string') this.#text(10, jsonName)
    // Whether it is known to be unset: in proto2 and where proto3 says "optional".
    if (!field.repeated && !field.map && field.hasPresence) this.#number(17, 1)
  }

  #entry(field: protobuf.MapField): void {
    this.#text(1, entryName(field))
    this.#inner(2, () => {
      this.#text(1, 'key')
      this.#number(3, 1)
      this.#number(4, OPTIONAL)
      this.#typed(KIND[field.keyType as keyof typeof KIND], '')
    })
    this.#inner(2, () => {
      this.#text(1, 'value')
      this.#number(3, 2)
      this.#number(4, OPTIONAL)
      this.#typed(kindOf(field), field.resolvedType?.fullName ?? '')
    })
    this.#inner(7, () => this.#number(7, 1))
  }

  #typed(kind: number, typeName: string): void {
    this.#number(5, kind)
    if (typeName !== '') this.#text(6, typeName)
  }

  #enum(type: protobuf.Enum): void {
    this.#text(1, type.name)
    for (const [name, number] of Object.entries(type.values)) this.#inner(2, () => {
      this.#text(1, name)
      this.#to.tag(2, VARINT)
      this.#to.varint64(BigInt(number))
    })
  }

  #service(service: protobuf.Service): void {
    this.#text(1, service.name)
    for (const method of service.methodsArray) this.#inner(2, () => {
      this.#text(1, method.name)
      this.#text(2, method.resolvedRequestType?.fullName ?? method.requestType)
      this.#text(3, method.resolvedResponseType?.fullName ?? method.responseType)
      if (method.requestStream) this.#number(5, 1)
      if (method.responseStream) this.#number(6, 1)
    })
  }

  #inner(number: number, write: () => void): void {
    this.#to.tag(number, BYTES)
    const begin = this.#to.open()
    write()
    this.#to.close(begin)
  }

  #text(number: number, value: string): void {
    this.#to.tag(number, BYTES)
    this.#to.text(value)
  }

  #number(number: number, value: number): void {
    this.#to.tag(number, VARINT)
    this.#to.varint(value)
  }
}

/** `item_count` → `ItemCountEntry`, as protoc names them; what it names so cannot stand beside it. */
function entryName({ name }: { name: string }): string {
  return `${name.replace(/(?:^|_+)(.?)/g, (_, letter: string) => letter.toUpperCase())}Entry`
}

function kindOf(field: Pick<protobuf.Field, 'type' | 'resolvedType'> & { delimited?: boolean }): number {
  if (field.resolvedType !== null) return 'values' in field.resolvedType ? KIND.enum : field.delimited === true ? KIND.group : KIND.message
  return KIND[field.type as keyof typeof KIND]
}
