import { createHash } from 'node:crypto'
import { bodyOf } from './body.ts'
import script from './client/main.ts?script'
import { quotesInChinese } from '../../shared/locales/translate.ts'
import { packReport, type ReportInput } from './data.ts'
import { html, jsonIn, Markup } from './markup.ts'
import { STYLE } from './style.ts'
import { viewReport } from './view.ts'

/**
 * A run as one file: no network, painted before its script runs, and read by anybody with a browser. The policy allows this
 * very script and no other, so text from a target stays text even if it were not escaped.
 */
export function renderReport(input: ReportInput): string {
  const failures = input.summary.errors.flatMap(({ message, samples }) => [message, ...samples.map((sample) => sample.message)])
  const data = packReport(input, quotesInChinese([input.summary.sentence, ...(input.baseline?.warnings ?? [])], failures))
  const view = viewReport(data)
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hashOf(script)}'; base-uri 'none'; form-action 'none'`
  return `<!doctype html>\n${html`<html lang="${data.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Stampede ${data.summary.version}">
<title>${view.words('report.title', { name: data.summary.run.name })}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${bodyOf(view)}
<script type="application/json" id="data">${jsonIn(data)}</script>
<script>${new Markup(script)}</script>
</body>
</html>`.text}\n`
}

/** As browsers compute it: of the text between the tags. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
