/** The HTTP/1.1 message. Header values leave as UTF-8, which is what servers take them for. */
export function wireOf(method: string, path: string, headers: [name: string, value: string][], body: Buffer | null): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`)
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'utf8')
  return body === null ? head : Buffer.concat([head, body])
}
