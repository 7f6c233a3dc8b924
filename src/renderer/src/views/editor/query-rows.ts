import type { HeaderRow } from './request-form.ts'

/** The query of a URL as rows, and back. The rest of the URL, and every part that is not edited, stays as written. */

export function queryRows(url: string): HeaderRow[] {
  const query = /\?([^#]*)/.exec(url)?.[1] ?? ''
  if (query === '') return []
  return query.split('&').map((pair) => {
    const at = pair.indexOf('=')
    return at === -1 ? { name: decoded(pair), value: '' } : { name: decoded(pair.slice(0, at)), value: decoded(pair.slice(at + 1)) }
  })
}

export function withQuery(url: string, rows: readonly HeaderRow[]): string {
  const [, base = '', fragment = ''] = /^([^?#]*)(?:\?[^#]*)?(#.*)?$/s.exec(url) ?? []
  const pairs = rows.filter(({ name, value }) => name !== '' || value !== '').map(({ name, value }) => `${encoded(name)}${value === '' ? '' : `=${encoded(value)}`}`)
  return `${base}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}${fragment}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** Braces stay, so that `{{name}}` can be read. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll('%7B', '{').replaceAll('%7D', '}')
}
