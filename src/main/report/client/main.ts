import type { Band } from '../../../shared/charts/bands.ts'
import type { Language } from '../../../shared/locales/texts.ts'
import { bodyOf } from '../body.ts'
import { summaryIn, type ReportData } from '../data.ts'
import { overTime } from '../sections/over-time.ts'
import { viewReport } from '../view.ts'
import { Crosshair } from './crosshair.ts'
import { secondsTable } from './seconds-table.ts'
import { makeSortable } from './sortable.ts'

/**
 * What the report does when its script may run: it writes itself anew, by the same functions that made the file, in the other
 * language or zoomed into a stretch of time. It never asks anybody for anything.
 */
const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as ReportData
let view = viewReport(data)
let zoom: Band | undefined

const crosshair = new Crosshair(() => view, (window) => {
  zoom = window
  drawCharts()
})

function drawAll(): void {
  const main = document.querySelector('main')
  if (main !== null) main.outerHTML = bodyOf(view).text
  document.documentElement.lang = view.language
  document.title = view.words('report.title', { name: data.summary.run.name })
  if (zoom !== undefined) drawCharts()
  else dress()
}

function drawCharts(): void {
  const place = document.getElementById('over-time')
  if (place !== null) place.innerHTML = overTime(view, zoom).text
  document.querySelector('[data-reset]')?.toggleAttribute('hidden', zoom === undefined)
  dress()
}

/** What was just written comes to life. */
function dress(): void {
  crosshair.attach()
  makeSortable(document)
  document.querySelector('[data-seconds]')?.addEventListener('toggle', ({ currentTarget }) => secondsTable(currentTarget as HTMLDetailsElement, view, zoom))
}

function download(): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([JSON.stringify({ ...summaryIn(data), report: { spanMs: data.seconds.spanMs } })], { type: 'application/json' }))
  link.download = `stampede-${data.summary.run.id}.json`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}

/** A file is no place from which every browser lets a page write to the clipboard: then the text is selected for the reader to copy. */
async function copy(button: HTMLElement): Promise<void> {
  const text = button.parentElement?.querySelector('pre')
  if (text === null || text === undefined) return
  const selection = getSelection()
  selection?.selectAllChildren(text)
  await navigator.clipboard?.writeText(text.textContent).catch(() => undefined)
  button.textContent = view.words('report.copied')
}

document.addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest<HTMLElement>('button') : null
  if (button === null) return
  if (button.dataset['language'] !== undefined) {
    view = viewReport(data, button.dataset['language'] as Language)
    drawAll()
    document.querySelector<HTMLElement>(`[data-language="${view.language}"]`)?.focus()
  } else if (button.dataset['reset'] !== undefined) {
    zoom = undefined
    drawCharts()
  } else if (button.dataset['copy'] !== undefined) void copy(button)
  else if (button.dataset['download'] !== undefined) download()
})

document.documentElement.classList.add('scripted')
dress()
