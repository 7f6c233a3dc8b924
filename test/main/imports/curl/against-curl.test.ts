import { execFile, execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyOf } from '../../../../src/main/engine/request/request-body.ts'
import { parseCurl } from '../../../../src/main/imports/curl/curl.ts'
import { toCurl } from '../../../../src/shared/task/to-curl.ts'
import { requireTaskSpec } from '../../../../src/shared/task/task-schema.ts'
import type { AddressInfo } from 'node:net'
import type { TaskSpec } from '../../../../src/shared/task/task.ts'

/** The same command through bash and the real curl, and through our import: the server must not see a difference. */
interface Seen {
  method: string
  path: string
  headers: string[]
  body: string
}

const seen: Seen[] = []
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const headers = pairs(request.rawHeaders).filter(([name, value]) => !/^(host|content-length|expect)$/i.test(name) && !(name === 'User-Agent' && value.startsWith('curl/')) && !(name === 'Accept' && value === '*/*'))
    seen.push({ method: request.method ?? '', path: request.url ?? '', headers: headers.map(lined), body: Buffer.concat(chunks).toString('utf8') })
    response.end()
  })
})
let base = ''
const hasCurl = runs('curl') && runs('bash')

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

const commands = [
  "curl 'BASE/a?b=c' -H 'x-a: 1' -H 'X-B:2' -H 'x-c;'",
  'curl BASE/ -XDELETE',
  "curl BASE/ -d a=1 -d 'b=2&c' --data-raw '@d' --data-binary $'e\\nf'",
  "curl BASE/ -d a=1 -d b=x%2Fy -d b=2",
  "curl BASE/ --data-urlencode 'q=a b&c/d' --data-urlencode '=ä' --data-urlencode 'x~y-z_0.!*()' ",
  "curl -G 'BASE/x?z=0' -d a=1 --data-urlencode 'b=c d'",
  `curl BASE/ --json '{"a":"b"}'`,
  `curl BASE/ -H 'content-type: application/json' --data-raw $'{"a":"it\\'s \\u00e4\\t\\x41\\101"}'`,
  'curl BASE/ -d "a\\"b\\\\c\\$d \\n"',
  `curl BASE/ -d 'it'\\''s' -u me:s3cret -A agent -e http://ref/ -b 'a=1; b=2'`,
  'curl BASE/ -r 0-9',
  `curl BASE/ -F a=1 -F 'b="x;y";type=text/plain' -F 'c=z;filename=n' --form-string 'd=@;e'`,
  "curl BASE/ \\\n  -sS \\\n  -H 'a: b' \\\n  -d ''",
  "curl -sSkXPUT BASE/ -d'a b'",
  "curl BASE/ -H 'Content-Type:' -d x",
  "curl --url BASE/y -H 'a: 日本'",
  "curl -I BASE/",
]

describe.skipIf(!hasCurl)('an imported command', () => {
  it.each(commands)('asks for what curl asks for: %s', async (command) => {
    const real = await through(command.replaceAll('BASE', base))
    expect(asSeen(parseCurl(command.replaceAll('BASE', base)).spec)).toEqual(real)
  })
})

describe.skipIf(!hasCurl)('a command made from a task', () => {
  const requests: Partial<TaskSpec['request']>[] = [
    {},
    { method: 'HEAD' },
    { method: 'PUT', headers: { 'X-A': ['1', '2'], 'x-empty': '' } },
    { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"a":"it's \\"b\\" $HOME \`id\`\\n%20"}` },
    { method: 'POST', body: '@not a file\nsecond line' },
    { method: 'GET', body: 'x' },
    { method: 'POST', bodyBase64: Buffer.from('a\nb').toString('base64') },
    { method: 'DELETE', url: "BASE/{a}[1-3]?q='x'&y=$z" },
  ]

  it.each(requests)('asks for what the task asks for: %j', async (request) => {
    const spec = requireTaskSpec({ load: { rate: 1, duration: 1 }, request: { url: `${base}/`, ...request, ...(request.url === undefined ? {} : { url: request.url.replace('BASE', base) }) } })
    const expected = asSeen(spec)
    expect(await through(toCurl(spec))).toEqual(expected)
  })
})

async function through(command: string): Promise<Seen> {
  seen.length = 0
  await promisify(execFile)('bash', ['-c', command.replaceAll('curl ', 'curl -q -m 10 ')], { timeout: 15_000 })
  expect(seen).toHaveLength(1)
  return unbounded(seen[0] ?? { method: '', path: '', headers: [], body: '' })
}

function asSeen({ request, auth }: TaskSpec): Seen {
  const url = new URL(request.url)
  const content = bodyOf(request, 1)
  const headers = Object.entries(request.headers).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]))
  if (auth?.type === 'basic') headers.push(['authorization', `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`])
  if (content !== null && content.contentType !== null && !headers.some(([name]) => name.toLowerCase() === 'content-type')) headers.push(['content-type', content.contentType])
  const body = content?.bytes.toString('utf8') ?? ''
  return unbounded({ method: request.method, path: url.pathname + url.search, headers: headers.map(lined), body })
}

/** The boundary is curl's own choice; the order of headers says nothing. */
function unbounded(request: Seen): Seen {
  const boundary = /boundary=(.*)$/m.exec(request.headers.join('\n'))?.[1]
  const hide = (text: string): string => (boundary === undefined ? text : text.replaceAll(boundary, 'BOUNDARY'))
  return { ...request, headers: request.headers.map(hide).sort(), body: hide(request.body) }
}

/** Node reads the bytes of headers as Latin-1. */
function lined([name, value]: [string, string]): string {
  const bytes = Buffer.from(value, 'latin1')
  return `${name.toLowerCase()}: ${/[^\u0000-\u00ff]/.test(value) ? value : bytes.toString('utf8')}`
}

function pairs(flat: string[]): [string, string][] {
  return flat.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : []))
}

function runs(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
