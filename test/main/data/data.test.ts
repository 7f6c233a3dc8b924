import fc from 'fast-check'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openData } from '../../../src/main/data/open-data.ts'
import { readData } from '../../../src/main/data/read-data.ts'
import { RowScanner } from '../../../src/main/data/row-scanner.ts'
import { RowTable } from '../../../src/main/data/row-table.ts'
import { parseCsv } from '../../../src/shared/csv.ts'
import { AppError } from '../../../src/shared/errors.ts'
import type { Problem } from '../../../src/shared/errors.ts'
import { plannedTotal } from '../../../src/shared/task/load.ts'
import { taskLoad } from '../../../src/shared/task/task-load.ts'
import { parseTaskSpec, requireTaskSpec } from '../../../src/shared/task/task-schema.ts'
import type { DataSpec } from '../../../src/shared/task/task.ts'

const folder = mkdtempSync(join(tmpdir(), 'stampede-data-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, bytes: string | Uint8Array): string {
  writeFileSync(join(folder, name), bytes)
  return name
}

async function read(entry: Record<string, unknown>): Promise<{ spec: DataSpec; problems: Problem[] }> {
  const problems: Problem[] = []
  const { users } = await readData({ users: entry }, folder, problems)
  return { spec: users as DataSpec, problems }
}

async function tableOf(spec: DataSpec): Promise<RowTable> {
  const [shared] = await openData({ data: { users: spec } })
  return new RowTable(shared!)
}

/** The file twice: as part of the task, and left where it is. */
async function bothWays(entry: Record<string, unknown>): Promise<RowTable[]> {
  const { spec } = await read(entry)
  const { content, ...outside } = spec
  expect(content).toBeDefined()
  return [await tableOf(spec), await tableOf({ ...outside, ...(spec.csv === undefined ? { jsonl: join(folder, spec.jsonl!) } : { csv: join(folder, spec.csv) }) })]
}

const NAMES = '姓名,城市\n张三,北京\n李四,上海\n'
/** 姓名,城市 … in GBK. */
const GBK = Uint8Array.from([0xd0, 0xd5, 0xc3, 0xfb, 0x2c, 0xb3, 0xc7, 0xca, 0xd0, 10, 0xd5, 0xc5, 0xc8, 0xfd, 0x2c, 0xb1, 0xb1, 0xbe, 0xa9, 10, 0xc0, 0xee, 0xcb, 0xc4, 0x2c, 0xc9, 0xcf, 0xba, 0xa3, 10])

describe('a data file', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['UTF-8', NAMES, 'utf-8'],
    ['UTF-8 with a mark', `\ufeff${NAMES}`, 'utf-8'],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${NAMES}`, 'utf16le'), 'utf-16le'],
    ['UTF-16, the other way round', Buffer.from(`\ufeff${NAMES}`, 'utf16le').swap16(), 'utf-16be'],
    ['GBK', GBK, 'gbk'],
  ])('in %s is read as such', async (_, bytes, encoding) => {
    const { spec, problems } = await read({ csv: file('names.csv', bytes) })
    expect(problems).toEqual([])
    expect(spec).toMatchObject({ encoding, columns: ['姓名', '城市'], rows: 2, content: NAMES, hash: expect.stringMatching(/^[\da-f]{64}$/) })
  })

  it.each<[string, string | Uint8Array, string]>([
    ['Latin-1', Buffer.from('id;name\n1;Müller\n2;José\n3;Ångström\n', 'latin1'), 'windows-1252'],
    ['UTF-16 without a mark', Buffer.from('id;name\n1;Ada\n', 'utf16le'), 'utf-16le'],
  ])('in %s is read as such', async (_, bytes, encoding) => {
    const { spec } = await read({ csv: file('latin.csv', bytes) })
    expect(spec).toMatchObject({ encoding, delimiter: ';', columns: ['id', 'name'] })
  })

  it.each<[string, string, string[]]>([
    ['ragged rows', 'a,b\n1,2\n3\n4,5,6\n', ['Row 3 has 1 value, the header names 2.', 'Row 4 has 3 values, the header names 2.']],
    ['nothing', '', ['There is nothing in it.']],
    ['a header only', 'a,b\n', ['There is a header and no row.']],
    ['two columns of one name', 'a,a\n1,2\n', ['Two columns are called "a".']],
    ['a column without a name', 'a,\n1,2\n', ['Column 2 has no name.']],
    ['quotes that are not closed', 'a,b\n1,"2\n', ['The quotes opened in row 2 are not closed.']],
  ])('with %s is refused, with the number of the row', async (_, text, messages) => {
    const { problems } = await read({ csv: file('bad.csv', text) })
    expect(problems.map(({ message }) => message)).toEqual(messages)
    expect(problems.every(({ path, hint }) => path === 'data.users' && hint !== undefined)).toBe(true)
  })

  it('that is not there is named with where it was looked for', async () => {
    const { problems } = await read({ csv: 'none.csv' })
    expect(problems).toEqual([{ path: 'data.users', message: 'none.csv cannot be read: there is no such file.', hint: `Paths are relative to the task file: ${join(folder, 'none.csv')}.` }])
  })

  it('of JSON lines gives its values as text', async () => {
    const tables = await bothWays({ jsonl: file('users.jsonl', '{"id":1,"name":"Ada","tags":["a"],"x":null}\n\n   \n{"name":"Bob","id":2,"__proto__":{"y":1}}\r\n') })
    for (const table of tables) expect([table.row(0), table.row(1)]).toEqual([['1', 'Ada', '["a"]', ''], ['2', 'Bob', '', '']])
    expect((await read({ jsonl: file('bad.jsonl', '{"id":1}\n[2]\n{"id":\n') })).problems.map(({ message }) => message)).toEqual(['Row 2 is not a JSON object.', 'Row 3 is not a JSON object.'])
  })

  it('gives any row by its number, from the task and from the file alike', async () => {
    const text = `id,text\n${Array.from({ length: 1000 }, (_, i) => `${i},"row ""${i}""\nü ${'x'.repeat(i % 50)}"`).join('\n')}\n`
    for (const table of await bothWays({ csv: file('many.csv', text) })) {
      for (const i of [0, 999, 31, 32, 500, 33, 0]) expect(table.row(i)).toEqual([String(i), `row "${i}"\nü ${'x'.repeat(i % 50)}`])
    }
  })

  it('that has changed since the task was made, or is gone, is not used', async () => {
    const { spec } = await read({ csv: file('changing.csv', 'id\n1\n2\n') })
    const { content: _, ...outside } = { ...spec, csv: join(folder, 'changing.csv') }
    file('changing.csv', 'id\n1\n3\n')
    await expect(openData({ data: { users: outside } })).rejects.toThrow('is not the file that the task was made with')
    file('changing.csv', 'id\n1\n2\n3\n')
    await expect(openData({ data: { users: outside } })).rejects.toThrow('it has 9 bytes instead of 7')
    rmSync(join(folder, 'changing.csv'))
    await expect(openData({ data: { users: outside } })).rejects.toThrow('There is no file')
  })

  it('that nobody has read is not read for whoever sends a task', async () => {
    await expect(openData({ data: { users: { csv: '/etc/passwd', mode: 'sequential' } } })).rejects.toThrow(AppError)
  })

  it('too large for a task stays where it is, and its rows are found in bounded memory', async () => {
    const handle = openSync(join(folder, 'large.csv'), 'w')
    const rows = 400_000
    for (let i = 0; i < rows; i += 1000) writeSync(handle, `${i === 0 ? 'id,text\n' : ''}${Array.from({ length: 1000 }, (_unused, j) => `${i + j},"some text, with a number: ${i + j}"\n`).join('')}`)
    closeSync(handle)
    const { spec, problems } = await read({ csv: 'large.csv' })
    expect(problems).toEqual([])
    expect(spec).toMatchObject({ csv: join(folder, 'large.csv'), rows, columns: ['id', 'text'] })
    expect(spec.content).toBeUndefined()
    const [shared] = await openData({ data: { users: spec } })
    expect(shared!.starts.length).toBeLessThan(rows / 31)
    const table = new RowTable(shared!)
    for (const i of [0, 399_999, 31, 32, 123_456]) expect(table.row(i)).toEqual([String(i), `some text, with a number: ${i}`])
  })
})

describe('the scanner of rows', () => {
  it('finds the rows that the reader of text finds, wherever the file is cut', () => {
    const piece = fc.oneof(fc.constantFrom('"', '""', ',', '\n', '\r\n', '\r', ' ', 'a', 'ü'), fc.string({ maxLength: 3 }))
    fc.assert(fc.property(fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')), fc.integer({ min: 1, max: 7 }), (text, size) => {
      const bytes = Buffer.from(text, 'utf8')
      const found: { start: number; cells: number }[] = []
      const scanner = new RowScanner((start, cells) => found.push({ start, cells }), { delimiter: ',', from: 0, wide: false })
      for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size))
      scanner.end()
      const { rows } = parseCsv(bytes.toString('utf8'), ',')
      expect(found.map(({ cells }) => cells)).toEqual(rows.map(({ length }) => length))
      const again = found.map(({ start }, i) => parseCsv(bytes.toString('utf8', start, found[i + 1]?.start), ',').rows[0])
      expect(again).toEqual(rows)
    }), { numRuns: 500 })
  })
})

describe('data of a task', () => {
  const base = { load: { rate: 500, duration: '10s' }, request: { url: 'https://a.example/{{users.id}}' } }

  it('given as text is read at the door, and reading it again changes nothing', () => {
    const spec = requireTaskSpec({ ...base, data: { users: { csv: 'users.csv', content: 'id;name\n1;a\n2;b\n' } } })
    expect(spec.data).toEqual({ users: { csv: 'users.csv', content: 'id;name\n1;a\n2;b\n', mode: 'sequential', columns: ['id', 'name'], rows: 2, delimiter: ';' } })
    expect(requireTaskSpec(spec)).toEqual(spec)
  })

  it('is named with its columns when a variable is not one of them', () => {
    const parsed = parseTaskSpec({ ...base, request: { url: 'https://a.example/{{usr.id}}/{{users.nme}}' }, data: { users: { csv: 'users.csv', content: 'id,name\n1,a\n' } } })
    expect(parsed.ok ? [] : parsed.problems).toEqual([{ path: 'request.url', message: 'No data named usr.', hint: 'Did you mean {{users.id}}?' }])
  })

  it.each<[object, string, string]>([
    [{ users: {} }, 'data.users', 'Write for example users: { csv: users.csv'],
    [{ users: { csv: 'a', jsonl: 'b' } }, 'data.users', 'exclude each other'],
    [{ users: { csv: 'a', mode: 'uniqe' } }, 'data.users.mode', 'Did you mean "unique"?'],
    [{ users: { csv: 'a', delimiter: 'tabs' } }, 'data.users.delimiter', 'Did you mean "tab"?'],
    [{ users: { csvs: 'a' } }, 'data.users.csvs', 'Did you mean "csv"?'],
    [{ env: { csv: 'a' } }, 'data.env', 'cannot be the name'],
    [{ users: { csv: 'a', content: 'id,name\n1\n' } }, 'data.users', 'Row 2 has 1 value'],
    [{ users: { csv: 'a', content: 'x'.repeat(3e6) }, more: { csv: 'a', content: 'x'.repeat(3e6) } }, 'data', '4 MiB'],
  ])('is refused with its place and its cure: %#', (data, path, words) => {
    const parsed = parseTaskSpec({ ...base, request: { url: 'https://a.example/' }, data })
    const found = parsed.ok ? [] : parsed.problems.filter((problem) => problem.path === path)
    expect(found.map(({ message, hint }) => `${message} ${hint}`).join()).toContain(words)
  })

  it('used once each end the run with the last row, and say so before', () => {
    const data = { users: { csv: 'users.csv', mode: 'unique', content: `id\n${'x\n'.repeat(1000)}` } }
    const parsed = parseTaskSpec({ ...base, data })
    expect(parsed.warnings).toEqual([{ path: 'data.users', message: 'users has 1,000 rows, each used once: they last 2s, and the run ends with them.', hint: 'Add rows, or choose mode: sequential.' }])
    const { load, endsWith } = taskLoad(requireTaskSpec({ ...base, data }))
    expect(endsWith).toEqual({ name: 'users', rows: 1000 })
    expect(load.model === 'open' && plannedTotal(load.profile)).toBe(1000)
    expect(taskLoad(requireTaskSpec({ ...base, load: { connections: 5, duration: '1m' }, data })).load).toMatchObject({ requests: 1000 })
    expect(taskLoad(requireTaskSpec({ ...base, load: { rate: 100, duration: '10s' }, data })).endsWith).toBeNull()
    expect(taskLoad(requireTaskSpec({ ...base, request: { url: 'https://a.example/' }, data })).endsWith).toBeNull()
  })
})
