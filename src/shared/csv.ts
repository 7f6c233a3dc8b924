/**
 * CSV as people have it (RFC 4180 and what spreadsheets make of it): commas, semicolons, tabs or bars, quotes with line
 * breaks in them, any line ends, lines without anything left out. Cells stay text, whatever they look like.
 */

export const DELIMITERS = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** The delimiter that the first row holds most of; a comma where it holds none. */
export function detectDelimiter(text: string): Delimiter {
  const line = firstRow(text)
  const count = (delimiter: Delimiter): number => parseCsv(line, delimiter).rows[0]?.length ?? 0
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best))
}

/** Rows of cells. `unclosed`: the last row has quotes that are not closed. */
export function parseCsv(text: string, delimiter: Delimiter): { rows: string[][]; unclosed: boolean } {
  const rows: string[][] = []
  let at = 0
  while (at < text.length) {
    if (isBreak(text.charCodeAt(at))) {
      at++
      continue
    }
    const row: string[] = []
    for (let more = true; more; ) {
      const cell = readCell(text, at, delimiter)
      if (cell.end < 0) return { rows: [...rows, [...row, cell.text]], unclosed: true }
      row.push(cell.text)
      more = text[cell.end] === delimiter
      at = cell.end + 1
    }
    rows.push(row)
  }
  return { rows, unclosed: false }
}

/** A cell and where it ends: at a delimiter, a line break or the end; −1 where its quotes are not closed. */
function readCell(text: string, from: number, delimiter: Delimiter): { text: string; end: number } {
  if (text[from] !== '"') {
    const end = endOfPlain(text, from, delimiter)
    return { text: text.slice(from, end), end }
  }
  let cell = ''
  let at = from + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return { text: cell + text.slice(at), end: -1 }
    cell += text.slice(at, quote)
    if (text[quote + 1] !== '"') {
      const end = endOfPlain(text, quote + 1, delimiter)
      return { text: cell + text.slice(quote + 1, end), end }
    }
    cell += '"'
    at = quote + 2
  }
}

function endOfPlain(text: string, from: number, delimiter: Delimiter): number {
  let at = from
  while (at < text.length && text[at] !== delimiter && !isBreak(text.charCodeAt(at))) at++
  return at
}

function firstRow(text: string): string {
  let open = false
  let begun = false
  for (let at = 0; at < text.length && at < 65_536; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) open = !open
    if (isBreak(code) && !open && begun) return text.slice(0, at)
    begun ||= !isBreak(code)
  }
  return text.slice(0, 65_536)
}

function isBreak(code: number): boolean {
  return code === 10 || code === 13
}
