import { GOOGLE, isWellKnown } from './encode-well-known.ts'
import type { MessageType } from './message-type.ts'
import { camelCase } from './schema.ts'
import type { Schema } from './schema.ts'

export type Inner = (bytes: Uint8Array, type: MessageType) => unknown

/** The other way round: what JSON writes for the fields of a type of google.protobuf. Undefined for a type that is written as its fields are. */
export function wellKnownOf({ name }: MessageType, fields: Record<string, unknown>, schema: Schema, inner: Inner): unknown {
  if (!isWellKnown(name)) return undefined
  switch (name.slice(GOOGLE.length)) {
    case 'Timestamp': return timestamp(String(fields['seconds']), Number(fields['nanos']))
    case 'Duration': return duration(String(fields['seconds']), Number(fields['nanos']))
    case 'FieldMask': return (fields['paths'] as string[]).map(camelCase).join(',')
    case 'Struct': return fields['fields']
    case 'ListValue': return fields['values']
    case 'Value': {
      const [kind, value] = Object.entries(fields)[0] ?? ['nullValue', null]
      return kind === 'nullValue' ? null : value
    }
    case 'Any': return any(String(fields['typeUrl']), String(fields['value']), schema, inner)
    default: return fields['value']
  }
}

function timestamp(seconds: string, nanos: number): string {
  const ms = Number(seconds) * 1000
  const whole = Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString().slice(0, 19) : `${seconds}s since 1970`
  return `${whole}${fraction(nanos)}Z`
}

function duration(seconds: string, nanos: number): string {
  return `${nanos < 0 && seconds === '0' ? '-' : ''}${seconds}${fraction(Math.abs(nanos))}s`
}

/** `.5` of 500 million; of no more digits than there are, in groups of three. */
function fraction(nanos: number): string {
  if (nanos === 0) return ''
  return `.${String(nanos).padStart(9, '0').replace(/(000){1,2}$/, '')}`
}

/** What is not described stays bytes. */
function any(typeUrl: string, value: string, schema: Schema, inner: Inner): unknown {
  const type = schema.message(`.${typeUrl.slice(typeUrl.lastIndexOf('/') + 1)}`)
  if (type === null) return { '@type': typeUrl, value }
  const content = inner(Buffer.from(value, 'base64'), type)
  return isWellKnown(type.name) ? { '@type': typeUrl, value: content } : { '@type': typeUrl, ...(content as object) }
}
