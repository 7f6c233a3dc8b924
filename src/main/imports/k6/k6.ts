import { defaultTaskSpec, requireTaskSpec } from '../../../shared/task/task-schema.ts'
import { record, text } from '../foreign.ts'
import { ImportNotes, refusal } from '../import-notes.ts'
import { isSaid, k6Load } from './k6-load.ts'
import { k6Thresholds } from './k6-thresholds.ts'
import type { TransportSpec } from '../../../shared/task/task.ts'
import type { Foreign } from '../foreign.ts'
import type { Found, ImportOptions } from '../import-options.ts'

/**
 * k6's options as JSON (a file for `k6 run --config`, or what `k6 inspect script.js` prints) → load and thresholds. What
 * is sent stands in k6's script, which is a program and is not read: the URL has to be given.
 */

const NOWHERE = 'http://127.0.0.1:8080/'
/** Read together, in `k6-load.ts` and below. */
const READ = new Set(['scenarios', 'stages', 'vus', 'duration', 'iterations', 'rps', 'thresholds', 'insecureSkipTLSVerify', 'noConnectionReuse', 'userAgent', 'tags', 'maxRedirects', 'hosts'])
/** Of k6's own output and inner workings. */
const INNER = new Set(['summaryTrendStats', 'summaryTimeUnit', 'discardResponseBodies', 'noSummary', 'systemTags', 'setupTimeout', 'teardownTimeout', 'noSetup', 'noTeardown', 'paused', 'linger', 'noUsageReport', 'throw', 'minIterationDuration', 'batch', 'batchPerHost', 'httpDebug', 'execution', 'address', 'out', 'collectors', 'ext', 'cloud', 'noVUConnectionReuse', 'noCookiesReset', 'executionSegment', 'executionSegmentSequence', 'consoleOutput', 'metricSamplesBufferSize', 'totalDuration', 'maxVUs'])

/** Keys by which k6's options are known. */
export function isK6Options(document: unknown): boolean {
  const options = optionsOf(document)
  return ['scenarios', 'stages', 'vus', 'iterations', 'thresholds', 'rps'].some((key) => Object.hasOwn(options, key))
}

/** Throws AppError `bad-input`. */
export function parseK6(document: unknown, { server }: ImportOptions): Found {
  const options = optionsOf(document)
  if (!isK6Options(options)) throw refusal('These are no options of k6: they say neither a load nor thresholds.', 'Give the options as JSON; k6 inspect script.js prints them.')
  const notes = new ImportNotes()
  const load = k6Load(options, notes)
  if (load !== null) notes.take(load.rate !== undefined ? 'load.rate' : load.stages !== undefined ? 'load.stages' : 'load.connections', { n: load.rate ?? load.stages?.length ?? load.connections ?? 0 })
  const judged = k6Thresholds(options['thresholds'], notes)
  for (const [key, value] of Object.entries(options)) if (!READ.has(key) && isSaid(value)) notes.skip(key, INNER.has(key) ? 'k6-inner' : 'unsupported')
  if (server === undefined) notes.skip(NOWHERE, 'no-target')
  const userAgent = text(options['userAgent'])
  const spec = requireTaskSpec({
    name: 'k6', load: load ?? defaultTaskSpec('').load, ...judged, transport: transportOf(options, notes),
    request: { url: server ?? NOWHERE, headers: userAgent === undefined || userAgent === '' ? {} : { 'user-agent': userAgent } },
    tags: Object.fromEntries(Object.entries(record(options['tags'])).flatMap(([name, value]) => (text(value)?.trim() ? [[name, text(value)!.slice(0, 200)]] : []))),
  })
  return { spec, notes }
}

/** A config file has them at the top, a bundle below `options`. */
function optionsOf(document: unknown): Foreign {
  const options = record(document)
  return typeof options['options'] === 'object' && options['options'] !== null ? record(options['options']) : options
}

function transportOf(options: Foreign, notes: ImportNotes): Partial<TransportSpec> {
  const insecure = options['insecureSkipTLSVerify'] === true
  if (insecure) notes.take('insecure')
  // k6 follows redirects unless it is told not to.
  const follow = options['maxRedirects'] !== undefined && options['maxRedirects'] !== null && options['maxRedirects'] !== 0
  if (follow) notes.take('follow')
  const connectTo = hostsOf(options['hosts'], notes)
  return { ...(connectTo.length > 0 ? { connectTo } : {}), ...(insecure ? { insecure } : {}), ...(options['noConnectionReuse'] === true ? { keepAlive: false } : {}), ...(follow ? { follow } : {}) }
}

/** `hosts: { 'api.test': '10.0.0.1', 'api.test:443': '10.0.0.1:8443' }` → `api.test::10.0.0.1:`, as curl's --connect-to has it. */
function hostsOf(hosts: unknown, notes: ImportNotes): string[] {
  return Object.entries(record(hosts)).flatMap(([name, to]) => {
    const from = /^([\w.-]+)(?::(\d+))?$/.exec(name)
    const target = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d+))?$/i.exec(text(to) ?? '')
    if (from === null || target === null) notes.skip(`hosts ${name}`, 'unsupported')
    return from === null || target === null ? [] : [`${from[1]}:${from[2] ?? ''}:${target[1]}:${target[2] ?? ''}`]
  })
}
