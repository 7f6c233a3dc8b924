import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DELIMITERS, detectDelimiter, parseCsv } from '../../src/shared/csv.ts'

describe('CSV', () => {
  it.each<[string, string, string[][]]>([
    ['plain rows', 'a,b\n1,2\n', [['a', 'b'], ['1', '2']]],
    ['any line ends, and blank lines', '\r\na,b\r1,2\r\n\n\n3,4', [['a', 'b'], ['1', '2'], ['3', '4']]],
    ['quotes with delimiters, quotes and line breaks', 'a,"b ""x"", y\r\nz",c', [['a', 'b "x", y\r\nz', 'c']]],
    ['quotes within a cell', '5" pipe,6"\n', [['5" pipe', '6"']]],
    ['text behind quotes', '"a"b,c', [['ab', 'c']]],
    ['empty cells', ',"",\n', [['', '', '']]],
    ['cells like formulas, as text', '=1+1,@x,+5', [['=1+1', '@x', '+5']]],
  ])('reads %s', (_, text, rows) => {
    expect(parseCsv(text, ',')).toEqual({ rows, unclosed: false })
  })

  it('says that quotes are not closed', () => {
    expect(parseCsv('a,b\n"1,2\n3,4', ',')).toEqual({ rows: [['a', 'b'], ['1,2\n3,4']], unclosed: true })
  })

  it.each([['id;name\n1;a,b', ';'], ['id\tname', '\t'], ['id|name', '|'], ['"a;b;c",d', ','], ['id', ','], ['', ',']])('sees the delimiter of %j', (text, delimiter) => {
    expect(detectDelimiter(text)).toBe(delimiter)
  })

  it('gives back what was written, whatever the cells hold', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('"', '""', ',', ';', '\n', '\r\n', 'a"b'))
    fc.assert(fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 }), fc.constantFrom(...DELIMITERS), (rows, delimiter) => {
      const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(delimiter)).join('\n')
      expect(parseCsv(text, delimiter).rows).toEqual(rows)
    }))
  })
})
