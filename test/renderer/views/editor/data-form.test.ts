import { expect, test } from 'vitest'
import { dataInput, previewRows, readFileRow } from '../../../../src/renderer/src/views/editor/data-form.ts'
import { canReread, rememberBytes, reread } from '../../../../src/renderer/src/views/editor/data-bytes.ts'
import { requireTaskSpec } from '../../../../src/shared/task/task-schema.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
/** 中文 in GBK: the column 名 with the value 张. */
const GBK = new Uint8Array([0xc3, 0xfb, 0x2c, 0x69, 0x64, 0x0a, 0xd5, 0xc5, 0xb0, 0xa1, 0x2c, 0x31, 0x0a])

function rowOf(file: string, text: string | Uint8Array) {
  const read = readFileRow(file, typeof text === 'string' ? bytesOf(text) : text, ['users'])
  if (!read.ok) throw new Error(read.problem.message)
  return read.row
}

test('a file says itself what it is: format, delimiter, encoding, columns, rows; and gets a name that is free', () => {
  expect(rowOf('users.csv', 'id;name\r\n1;"Ada; L"\r\n2;Bo\r\n')).toMatchObject({ name: 'users_2', format: 'csv', delimiter: ';', encoding: 'utf-8', columns: ['id', 'name'], rows: 2 })
  expect(rowOf('my words.jsonl', '{"text":"a","n":1}\n{"text":"b"}\n')).toMatchObject({ name: 'my_words', format: 'jsonl', delimiter: null, columns: ['text', 'n'], rows: 2 })
  expect(rowOf('2024.csv', GBK)).toMatchObject({ name: '_2024', encoding: 'gbk', columns: ['名', 'id'] })
})

test('the first rows are shown as an iteration will use them', () => {
  expect(previewRows(rowOf('u.csv', 'id,name\n1,"a\nb"\n2,c\n3,d\n'), 2)).toEqual([['1', 'a\nb'], ['2', 'c']])
  expect(previewRows(rowOf('u.jsonl', '{"id":1,"o":{"x":null}}\n{"o":"t"}\n'), 5)).toEqual([['1', '{"x":null}'], ['', 't']])
})

test('a broken file is refused with the row and the cure', () => {
  const read = readFileRow('u.csv', bytesOf('id,name\n1\n'), [])
  expect(read).toMatchObject({ ok: false, problem: { message: 'Row 2 has 1 value, the header names 2.' } })
})

test('what was attached is a task that every node can run', () => {
  const row = { ...rowOf('u.csv', 'id\n1\n2\n'), mode: 'unique' as const }
  const spec = requireTaskSpec({ load: { rate: 1, duration: '1s' }, request: { url: 'http://h/{{u.id}}' }, data: dataInput([row]) })
  expect(spec.data).toMatchObject({ u: { csv: 'u.csv', mode: 'unique', columns: ['id'], rows: 2, content: 'id\n1\n2\n' } })
})

test('the same file is read another way; what does not fit changes nothing', () => {
  const row = rowOf('names.csv', GBK)
  expect(canReread(row)).toBe(false)
  rememberBytes(row.name, GBK)
  expect(reread(row, { encoding: 'windows-1252' })).toMatchObject({ row: { name: 'names', encoding: 'windows-1252', columns: ['Ãû', 'id'] } })
  expect(reread(rowOf('n.csv', 'id,a;b\n1,2;3\n'), { delimiter: ';' })).toMatchObject({ row: { columns: ['id,a', 'b'] } })
  expect(reread(rowOf('n.csv', 'a,b\n"x;y",1\n'), { delimiter: '|' })).toMatchObject({ row: { columns: ['a,b'], delimiter: '|' } })
})
