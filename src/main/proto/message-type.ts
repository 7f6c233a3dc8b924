/** The kinds of fields, by their numbers in a FieldDescriptorProto. */
export const KIND = {
  double: 1, float: 2, int64: 3, uint64: 4, int32: 5, fixed64: 6, fixed32: 7, bool: 8, string: 9, group: 10,
  message: 11, bytes: 12, uint32: 13, enum: 14, sfixed32: 15, sfixed64: 16, sint32: 17, sint64: 18,
} as const

export interface Field {
  /** As in the .proto file, and as in JSON. Both are understood. */
  name: string
  jsonName: string
  number: number
  /** One of {@link KIND}. */
  kind: number
  repeated: boolean
  packed: boolean
  /** It is told apart whether it was set: then it is left out where it was not. */
  presence: boolean
  /** Index of the oneof that it belongs to; −1: none. */
  oneof: number
  /** Of messages, and of entries of maps. */
  message: MessageType | null
  enumeration: EnumType | null
}

export interface MessageType {
  /** With its package, without a dot in front. */
  name: string
  fields: readonly Field[]
  byName: ReadonlyMap<string, Field>
  byNumber: ReadonlyMap<number, Field>
  /** An entry of a map: key is field 1, value is field 2. */
  isEntry: boolean
}

export interface EnumType {
  name: string
  numbers: ReadonlyMap<string, number>
  names: ReadonlyMap<number, string>
}

export interface Method {
  service: string
  name: string
  input: MessageType
  output: MessageType
  streamsRequests: boolean
  streamsAnswers: boolean
}

/** Wire type of a kind, when it is not packed. */
export function wireTypeOf(kind: number): number {
  switch (kind) {
    case KIND.double:
    case KIND.fixed64:
    case KIND.sfixed64: return 1
    case KIND.string:
    case KIND.message:
    case KIND.bytes: return 2
    case KIND.float:
    case KIND.fixed32:
    case KIND.sfixed32: return 5
    default: return 0
  }
}

/** Deeper than any message is meant; deeper ones are refused, whoever sends them. */
export const MOST_DEPTH = 100
