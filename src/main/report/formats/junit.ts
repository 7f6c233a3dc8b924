import { maskUrl } from '../../../shared/task/masking.ts'
import type { Summary, ThresholdResult } from '../../../shared/results/summary.ts'
import { thresholdValue } from '../../../shared/results/threshold-labels.ts'
import { html, type Markup } from '../markup.ts'

/** What CI systems show as tests: one per threshold, and one for whether the result can be believed. */
export function junitOf(summary: Summary): string {
  const { run, thresholds, status, verdict, reason } = summary
  const seconds = (run.durationMs / 1000).toFixed(3)
  const cases = [believable(summary), ...limitCases(summary), ...thresholds.map((result) => thresholdCase(run.name, result))]
  const failures = thresholds.filter(({ ok }) => !ok).length + limitCases(summary).length
  const errors = status === 'failed' || verdict === 'not-trustworthy' ? 1 : 0
  return html`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="stampede" tests="${cases.length}" failures="${failures}" errors="${errors}" time="${seconds}">
  <testsuite name="${run.name}" tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="0" time="${seconds}" timestamp="${run.startedAt.slice(0, 19)}" hostname="${summary.nodes[0]?.name ?? ''}">
    <properties><property name="run" value="${run.id}"/><property name="target" value="${run.method} ${maskUrl(run.target)}"/></properties>
${cases}    <system-out>${reason}</system-out>
  </testsuite>
</testsuites>
`.text
}

function believable({ run, status, verdict, reason }: Summary): Markup {
  const trouble = status === 'failed' ? 'could not run' : verdict === 'not-trustworthy' ? 'not trustworthy' : null
  return html`    <testcase classname="${run.name}" name="the result is trustworthy" time="${(run.durationMs / 1000).toFixed(3)}">${trouble !== null && html`<error type="${trouble}" message="${reason}"/>`}</testcase>
`
}

/** It failed without a threshold: too much of it did to go on. */
function limitCases({ run, events, reason }: Summary): Markup[] {
  if (!events.some(({ kind }) => kind === 'error-limit')) return []
  return [html`    <testcase classname="${run.name}" name="few enough errors to go on" time="0"><failure type="error limit" message="${reason}"/></testcase>
`]
}

function thresholdCase(name: string, result: ThresholdResult): Markup {
  return html`    <testcase classname="${name}" name="${result.expression}" time="0">${!result.ok && html`<failure type="threshold" message="${`${result.expression}: was ${thresholdValue(result)}`}"/>`}</testcase>
`
}
