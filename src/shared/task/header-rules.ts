import { show } from '../suggest.ts'

/** What may be sent as a header. Each refusal says what is wrong and what would be right. */
export interface HeaderRefusal {
  message: string
  hint: string
}

/** Headers that the sender of a message has to set itself: by hand they break the framing or contradict the transport. */
const SET_BY_US: Record<string, string> = {
  'content-length': 'Content-Length is set automatically from the body; remove it.',
  'transfer-encoding': 'The body is sent whole, with its length; remove it.',
  connection: 'Remove it; use transport.keepAlive: false to close after every request.',
  'keep-alive': 'Remove it; connections are kept by transport.keepAlive.',
  'proxy-connection': 'Remove it; use transport.proxy.',
  upgrade: 'Remove it; for HTTP/2 use transport.protocol: http2.',
  'http2-settings': 'Remove it; for HTTP/2 use transport.protocol: http2.',
  expect: 'Remove it; the body is sent at once.',
  te: 'Remove it.',
  trailer: 'Remove it.',
}

export function headerNameProblem(name: string): HeaderRefusal | null {
  if (name === '') return { message: 'A header has no name.', hint: 'Write for example accept: application/json.' }
  if (/\s/.test(name)) return { message: `A header name has no spaces: ${show(name)}.`, hint: `Did you mean ${show(name.trim().replace(/\s+/g, '-'))}?` }
  const bad = /[^!#$%&'*+.^_`|~0-9a-z-]/i.exec(name)
  if (bad !== null) return { message: `A header name cannot contain ${show(bad[0])}: ${show(name)}.`, hint: 'Use letters, digits and hyphens.' }
  const own = Object.hasOwn(SET_BY_US, name.toLowerCase()) ? SET_BY_US[name.toLowerCase()] : undefined
  return own === undefined ? null : { message: `${name} cannot be set by hand.`, hint: own }
}

export function headerValueProblem(value: string): HeaderRefusal | null {
  if (/[\r\n]/.test(value)) return { message: 'A header value cannot contain a line break.', hint: 'Remove it; write a further header instead.' }
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) return { message: 'A header value cannot contain NUL or other control characters.', hint: 'Remove them.' }
  return value.isWellFormed() ? null : { message: 'A header value has half of a character (a lone surrogate).', hint: 'Paste the value again; headers are sent as UTF-8.' }
}

/** Whether the transport sets this header itself (so that an importer leaves it out). */
export function isSetByUs(name: string): boolean {
  return Object.hasOwn(SET_BY_US, name.toLowerCase())
}
