// JSON with tags for what structured clone carries and JSON does not. Runs in Node and, as source text, in the page.
export function makeCodec() {
  const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  const fromBase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  const entriesOf = (object, change) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))

  const encode = (value) => {
    if (value === undefined) return { $: 'undefined' }
    if (typeof value === 'bigint') return { $: 'bigint', v: String(value) }
    if (typeof value === 'number' && !Number.isFinite(value)) return { $: 'number', v: String(value) }
    if (value === null || typeof value !== 'object') return value
    if (value instanceof Date) return { $: 'date', v: Number(value) }
    if (value instanceof Map) return { $: 'map', v: [...value].map((entry) => entry.map(encode)) }
    if (value instanceof Set) return { $: 'set', v: [...value].map(encode) }
    if (value instanceof Error) return { $: 'error', v: [value.name, value.message] }
    if (value instanceof ArrayBuffer) return { $: 'buffer', v: toBase64(new Uint8Array(value)) }
    if (ArrayBuffer.isView(value)) return { $: 'view', k: value.constructor.name === 'Buffer' ? 'Uint8Array' : value.constructor.name, v: toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) }
    if (Array.isArray(value)) return value.map(encode)
    return { $: 'object', v: entriesOf(value, encode) }
  }

  const decode = (value) => {
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) return value.map(decode)
    switch (value.$) {
      case 'undefined': return undefined
      case 'bigint': return BigInt(value.v)
      case 'number': return Number(value.v)
      case 'date': return new Date(value.v)
      case 'map': return new Map(value.v.map((entry) => entry.map(decode)))
      case 'set': return new Set(value.v.map(decode))
      case 'error': return Object.assign(new Error(value.v[1]), { name: value.v[0] })
      case 'buffer': return fromBase64(value.v).buffer
      case 'view': return new globalThis[value.k](fromBase64(value.v).buffer)
      default: return entriesOf(value.v, decode)
    }
  }

  return { pack: (value) => JSON.stringify(encode(structuredClone(value))), unpack: (text) => decode(JSON.parse(text)) }
}
