import { AUTH_TYPES, SECRET_FIELDS } from '../../../../shared/task/auth-schema.ts'
import type { AuthSpec } from '../../../../shared/task/task.ts'

/** Who the requests come from; what another type than the chosen one needs is kept, and not sent to the parser. */
export interface AuthForm {
  type: AuthSpec['type'] | 'none'
  username: string
  password: string
  token: string
  name: string
  in: 'header' | 'query'
  value: string
  tokenUrl: string
  clientId: string
  clientSecret: string
  scope: string
  audience: string
  credentialsIn: 'header' | 'body'
}

export const AUTH_CHOICES = ['none', ...AUTH_TYPES] as const

const EMPTY: AuthForm = { type: 'none', username: '', password: '', token: '', name: 'X-Api-Key', in: 'header', value: '', tokenUrl: '', clientId: '', clientSecret: '', scope: '', audience: '', credentialsIn: 'header' }

const FIELDS: Record<AuthSpec['type'], readonly (keyof AuthForm)[]> = {
  basic: ['username', 'password'],
  bearer: ['token'],
  'api-key': ['name', 'in', 'value'],
  oauth2: ['tokenUrl', 'clientId', 'clientSecret', 'scope', 'audience', 'credentialsIn'],
}
const OPTIONAL: ReadonlySet<keyof AuthForm> = new Set(['scope', 'audience'])

export function authForm(auth: AuthSpec | undefined): AuthForm {
  return { ...EMPTY, ...auth }
}

export function authInput(form: AuthForm): { auth?: Record<string, string> } {
  if (form.type === 'none') return {}
  const fields = FIELDS[form.type].filter((name) => form[name] !== '' || !OPTIONAL.has(name))
  return { auth: { type: form.type, ...Object.fromEntries(fields.map((name) => [name, form[name]])) } }
}

/** Without what nobody is shown; references to variables are no secrets. */
export function withoutAuthSecrets(form: AuthForm): AuthForm {
  return { ...form, ...Object.fromEntries(secretsOf(form).map(([name]) => [name, ''])) }
}

/** What was left out, from the task as it was stored. */
export function withAuthSecrets(form: AuthForm, stored: AuthForm | undefined): AuthForm {
  const names = Object.values(SECRET_FIELDS).flat() as (keyof AuthForm)[]
  return { ...form, ...Object.fromEntries(names.filter((name) => form[name] === '').map((name) => [name, stored?.[name] ?? ''])) }
}

function secretsOf(form: AuthForm): [string, string][] {
  return (Object.values(SECRET_FIELDS).flat() as (keyof AuthForm)[]).map((name): [string, string] => [name, form[name]]).filter(([, text]) => text !== '' && !text.includes('{{'))
}
