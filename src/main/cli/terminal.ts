import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Colours for one stream: none when it is no terminal, with NO_COLOR, or when switched off. */
export function painter(stream: NodeJS.WriteStream, wanted: boolean): (style: Style, text: string) => string {
  return (style, text) => (wanted ? styleText(style, text, { stream, validateStream: true }) : text)
}

const BARS = '▁▂▃▄▅▆▇█'

/** One character per value, the last `width` of them, from 0 to the largest. A missing value is a space. */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const shown = values.slice(-width)
  const top = Math.max(...shown.map((value) => value ?? 0), Number.MIN_VALUE)
  return shown.map((value) => (value === null ? ' ' : BARS[Math.min(7, Math.floor((value / top) * 7.999))])).join('')
}

/** `━━━━━━───` of the given width; a whole that is not known gives an empty bar. */
export function progressBar(done: number, whole: number | null, width: number): string {
  const filled = whole === null || whole <= 0 ? 0 : Math.round(Math.min(1, done / whole) * width)
  return '━'.repeat(filled) + '─'.repeat(width - filled)
}

/** Cells a text takes on screen: wide characters (CJK, full-width) take two. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u.test(character) ? 2 : 1
  return width
}

/** Pads with spaces to a width on screen. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

/** Cuts to a width on screen, with an ellipsis. */
export function fit(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let cut = ''
  for (const character of text) {
    if (displayWidth(cut + character) > width - 1) break
    cut += character
  }
  return `${cut}…`
}
