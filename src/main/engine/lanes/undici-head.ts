import type { Dispatcher } from 'undici'

type Controller = Dispatcher.DispatchController

/** The head as it would stand on an HTTP/1.1 wire, without the empty line; undici gives only its parts. */
export function headOf(controller: Controller, status: number, statusText: string, http2: boolean): Buffer {
  const lines = fieldsOf(controller.rawHeaders ?? []).map(([name, value]) => `${name}: ${value}\r\n`)
  const first = http2 ? `HTTP/2 ${status}` : `HTTP/1.1 ${status} ${statusText}`
  return Buffer.from(`${first}\r\n${lines.join('')}`, 'latin1')
}

function fieldsOf(raw: NonNullable<Controller['rawHeaders']>): [name: string, value: string][] {
  if (!Array.isArray(raw)) return Object.entries(raw).flatMap(([name, value]) => (name.startsWith(':') ? [] : [value].flat().map((one): [string, string] => [name, String(one)])))
  const texts = raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')))
  return texts.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, texts[index + 1] ?? '']] : []))
}
