import { html, type Markup, type Part } from '../markup.ts'

/** A cell: what is shown, and by what it is sorted (the text itself by default). */
export type Cell = Part | { shown: Part; by: number | string | null }

/** A table whose columns can be sorted by the script; the first column is the row's name. */
export function table(caption: string, heads: readonly string[], rows: readonly (readonly Cell[])[]): Markup {
  return html`<div class="scroll"><table data-sortable=""><caption class="sr-only">${caption}</caption>
    <thead><tr>${heads.map((name, i) => html`<th scope="col" data-column="${i}">${name}</th>`)}</tr></thead>
    <tbody>${rows.map((cells) => html`<tr>${cells.map((cell, i) => (i === 0 ? html`<th scope="row"${by(cell)}>${shown(cell)}</th>` : html`<td${by(cell)}>${shown(cell)}</td>`))}</tr>`)}</tbody>
  </table></div>`
}

/** A boxed part of the report with its heading. */
export function card(id: string, title: string, content: Part, sub: string | null = null): Markup {
  return html`<section class="card" aria-labelledby="${id}"><h3 id="${id}">${title}${sub !== null && html` <small>${sub}</small>`}</h3>${content}</section>`
}

function shown(cell: Cell): Part {
  return isSorted(cell) ? cell.shown : cell
}

function by(cell: Cell): Markup {
  return isSorted(cell) ? html` data-by="${cell.by}"` : html``
}

function isSorted(cell: Cell): cell is { shown: Part; by: number | string | null } {
  return typeof cell === 'object' && cell !== null && 'by' in cell
}
