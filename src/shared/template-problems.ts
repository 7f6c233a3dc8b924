import { authTexts } from './auth-schema.ts'
import { joinPath } from './plain-input.ts'
import { parseTemplate, variablesOf } from './template-text.ts'
import type { Problem } from './errors.ts'
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
export function variablesUsed(spec: Pick<TaskSpec, 'request' | 'auth'>): Variable[] {
  return [...templatesOf(spec.request), ...authTexts(spec.auth)].flatMap(({ text }) => variablesOf(text))
}

/** Variables that are badly written, or that nothing in the task fills in. */
export function templateProblems(spec: TaskSpec): Problem[] {
  const known = knownNames(spec)
  return [...templatesOf(spec.request), ...authTexts(spec.auth)].flatMap(({ path, text }) => {
    const parsed = parseTemplate(text, known)
    return parsed.ok ? [] : [{ path, message: parsed.message, hint: parsed.hint }]
  })
}

export function knownNames({ vars, env, data }: Pick<TaskSpec, 'vars' | 'env' | 'data'>): KnownNames {
  const columns = Object.entries(data ?? {}).map(([name, spec]): [string, readonly string[] | null] => [name, spec.columns ?? null])
  return { vars: Object.keys(vars ?? {}), env: Object.keys(env ?? {}), data: Object.fromEntries(columns) }
}
