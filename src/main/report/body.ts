import { html, type Markup } from './markup.ts'
import { head, tiles } from './sections/head.ts'
import { latencySection } from './sections/latency.ts'
import { overTime } from './sections/over-time.ts'
import { about, events, generators, task } from './sections/rest.ts'
import { answers, errors, steps } from './sections/results.ts'
import { thresholds } from './sections/thresholds.ts'
import type { ReportView } from './view.ts'

/**
 * The whole report as markup: answer before data (ux.md §7). Pure, so that the file is painted before any script runs, and
 * its script says the same in the other language.
 */
export function bodyOf(view: ReportView): Markup {
  const { words, language } = view
  return html`<main lang="${language}">
    <nav class="languages js" aria-label="${words('report.language')}"><button type="button" data-language="en" lang="en" aria-pressed="${String(language === 'en')}">English</button><button type="button" data-language="zh-CN" lang="zh-CN" aria-pressed="${String(language === 'zh-CN')}">中文</button></nav>
    ${head(view)}
    ${thresholds(view)}
    ${tiles(view)}
    <h2>${words('report.overTime')} <button type="button" class="js quiet" data-reset="" hidden="">${words('report.resetZoom')}</button><small class="js hint">${words('report.zoomHint')}</small></h2>
    <div id="over-time">${overTime(view)}</div>
    ${latencySection(view)}
    ${steps(view)}
    ${answers(view)}
    ${errors(view)}
    ${generators(view)}
    ${events(view)}
    ${task(view)}
    ${about(view)}
  </main>`
}
