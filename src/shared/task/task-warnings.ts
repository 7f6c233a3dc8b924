import { hasBody } from './body-schema.ts'
import { formatDuration } from '../duration.ts'
import { profileDuration } from './load.ts'
import { likelyMethod } from './request-schema.ts'
import { readTaskUrl } from './target-url.ts'
import { taskLoad } from './task-load.ts'
import { maskVariables } from './template-mask.ts'
import type { Problem } from '../errors.ts'
import type { LoadPlan } from './load.ts'
import type { ScarceData } from './task-load.ts'
import type { RequestSpec, TaskSpec } from './task.ts'

/** What is allowed but probably not meant. */
export function warningsOf(spec: TaskSpec, writtenUrls: readonly string[]): Problem[] {
  const requests = spec.steps?.map(({ request }) => request) ?? [spec.request]
  const ofRequests = requests.flatMap((request, i) => {
    const warnings = requestWarnings(request, writtenUrls[i] ?? '')
    return spec.steps === undefined ? warnings : warnings.map((warning) => ({ ...warning, path: `steps[${i}].${warning.path}` }))
  })
  const rows = rowsWarning(spec)
  return rows === false ? ofRequests : [...ofRequests, rows]
}

function requestWarnings(request: RequestSpec, writtenUrl: string): Problem[] {
  const url = readTaskUrl(maskVariables(writtenUrl).text)
  const rare = likelyMethod(request.method)
  const warnings: (Problem | false)[] = [
    rare !== null && warn('request.method', `${request.method} is no standard method.`, `Did you mean "${rare}"?`),
    url.ok && url.fragment !== '' && warn('request.url', `${url.fragment.slice(0, 60)} is never sent to a server.`, 'It was left out.'),
    hasBody(request) && (request.body ?? request.bodyBase64) !== '' && ['GET', 'HEAD'].includes(request.method) && warn('request.body', `A ${request.method} request with a body is unusual; some servers refuse it.`, 'Did you mean POST?'),
    jsonWarning(request),
  ]
  return warnings.filter((warning) => warning !== false)
}

/** Unique data that are used up before the load is over. */
function rowsWarning(spec: TaskSpec): Problem | false {
  const { endsWith, load } = endOf(spec)
  if (endsWith === null) return false
  const rows = `${endsWith.rows.toLocaleString('en')} rows, each used once`
  const lasts = load?.model === 'open' ? `last ${formatDuration(Math.round(profileDuration(load.profile)))}` : 'are fewer than the iterations'
  return warn(`data.${endsWith.name}`, `${endsWith.name} has ${rows}: they ${lasts}, and the run ends with them.`, 'Add rows, or choose mode: sequential.')
}

function endOf(spec: TaskSpec): { load: LoadPlan | null; endsWith: ScarceData | null } {
  try {
    return taskLoad(spec)
  } catch {
    return { load: null, endsWith: null } // A load that never ends has problems of its own.
  }
}

/** A body that calls itself JSON and is none, with its line. */
function jsonWarning(request: RequestSpec): Problem | false {
  const type = Object.entries(request.headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  if (request.body === undefined || request.body === '' || !/\bjson\b/i.test(String(type))) return false
  try {
    JSON.parse(request.body.replace(/\{\{[^{}]*\}\}/g, '0'))
    return false
  } catch (error) {
    return warn('request.body', describe(request.body, error instanceof Error ? error.message : ''), 'It is sent as it is.')
  }
}

function describe(body: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1]
  const before = body.slice(0, position === undefined ? body.length : Number(position))
  const line = before.split('\n').length
  const bracket = body.charAt(before.length)
  if (/,\s*$/.test(before.slice(-200)) && (bracket === '}' || bracket === ']')) return `Line ${before.trimEnd().split('\n').length}: a comma before ${bracket} is not valid JSON.`
  return `Line ${line}: this is not valid JSON.`
}

function warn(path: string, message: string, hint: string): Problem {
  return { path, message, hint }
}
