import { authTexts } from './auth-schema.ts'
import { joinPath } from '../plain-input.ts'
import { parseTemplate, variablesOf } from './template-text.ts'
import type { Problem } from '../errors.ts'
import type { RequestSpec, TaskSpec } from './task.ts'
import type { KnownNames, Variable } from './template-text.ts'

/** The texts of a request that may hold variables, each with its path. */
export function templatesOf(request: RequestSpec): { path: string; text: string }[] {
  const headers = Object.entries(request.headers).flatMap(([name, value]) => [value].flat().map((text) => ({ path: joinPath('request.headers', name), text })))
  const contents = (['body', 'send', 'message'] as const).flatMap((name) => (request[name] === undefined ? [] : [{ path: `request.${name}`, text: request[name] }]))
  const fields = Object.entries(request.form ?? {}).flatMap(([name, value]) => [value].flat().map((text) => ({ path: joinPath('request.form', name), text })))
  const parts = (request.multipart ?? []).flatMap(({ value }, index) => (value === undefined ? [] : [{ path: `request.multipart[${index}].value`, text: value }]))
  return [{ path: 'request.url', text: request.url }, ...headers, ...contents, ...fields, ...parts]
}

/** Every variable that a task uses. */
export function variablesUsed(spec: Pick<TaskSpec, 'request' | 'steps' | 'auth'>): Variable[] {
  return [...requestsOf(spec).flatMap((request) => templatesOf(request)), ...authTexts(spec.auth)].flatMap(({ text }) => variablesOf(text))
}

/** Variables that are badly written, or that nothing in the task fills in. */
export function templateProblems(spec: TaskSpec): Problem[] {
  const known = knownNames(spec)
  const extracted = new Set<string>()
  const ofRequests = requestsOf(spec).flatMap((request, i) => {
    const problems = problemsOf(templatesOf(request), { ...known, step: spec.stepOrder === 'weighted' ? [] : [...extracted] })
    for (const name of Object.keys(spec.steps?.[i]?.extract ?? {})) extracted.add(name)
    return spec.steps === undefined ? problems : problems.map((problem) => ({ ...problem, path: `steps[${i}].${problem.path}` }))
  })
  return [...ofRequests, ...problemsOf(authTexts(spec.auth), known)]
}

/** The names of a task that stand for something wherever they stand; what steps extract depends on the place. */
export function knownNames({ vars, env, data }: Pick<TaskSpec, 'vars' | 'env' | 'data'>): KnownNames {
  const columns = Object.entries(data ?? {}).map(([name, spec]): [string, readonly string[] | null] => [name, spec.columns ?? null])
  return { vars: Object.keys(vars ?? {}), env: Object.keys(env ?? {}), data: Object.fromEntries(columns) }
}

function problemsOf(texts: { path: string; text: string }[], known: KnownNames): Problem[] {
  return texts.flatMap(({ path, text }) => {
    const parsed = parseTemplate(text, known)
    return parsed.ok ? [] : [{ path, message: parsed.message, hint: parsed.hint }]
  })
}

/** What is sent in one iteration. */
function requestsOf({ request, steps }: Pick<TaskSpec, 'request' | 'steps'>): RequestSpec[] {
  return steps?.map((step) => step.request) ?? [request]
}
