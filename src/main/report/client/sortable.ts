/** Headings become buttons that sort their table: first the largest, then the smallest. */
export function makeSortable(root: ParentNode): void {
  for (const table of root.querySelectorAll<HTMLTableElement>('table[data-sortable]')) {
    if (table.tBodies[0] === undefined || table.tBodies[0].rows.length < 2) continue
    for (const head of table.querySelectorAll<HTMLElement>('thead th')) {
      if (head.textContent === '' || head.querySelector('button') !== null) continue
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = head.textContent
      button.addEventListener('click', () => sort(table, head))
      head.replaceChildren(button)
    }
  }
}

function sort(table: HTMLTableElement, head: HTMLElement): void {
  const column = Number(head.dataset['column'])
  const descending = head.getAttribute('aria-sort') !== 'descending'
  for (const other of table.querySelectorAll('thead th')) other.removeAttribute('aria-sort')
  head.setAttribute('aria-sort', descending ? 'descending' : 'ascending')
  const body = table.tBodies[0]
  const rows = [...(body?.rows ?? [])].sort((a, b) => (descending ? -1 : 1) * compare(a.cells[column], b.cells[column]))
  body?.append(...rows)
}

function compare(one: HTMLTableCellElement | undefined, other: HTMLTableCellElement | undefined): number {
  const [a, b] = [keyOf(one), keyOf(other)]
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b))
}

/** What is missing is less than anything. */
function keyOf(cell: HTMLTableCellElement | undefined): number | string {
  const by = cell?.dataset['by']
  if (by === undefined) return cell?.textContent ?? ''
  return by === '' ? -Infinity : Number.isNaN(Number(by)) ? by : Number(by)
}
