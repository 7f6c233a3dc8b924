import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { Problem } from '../../shared/errors.ts'
import { isVariableName } from '../../shared/task/names-schema.ts'
import { reasonOf } from './request-files.ts'
import type { RunFlags } from './run-flags.ts'

/**
 * Auth by flags. Secrets come from the environment or from a file, never as a word of the command line: those are seen by
 * everybody on the machine, and kept in the history of the shell.
 */

type Raw = Record<string, unknown>

/** Read where no flag says from where. */
const SECRET_VARIABLE = 'STAMPEDE_AUTH_SECRET'
const SECRET_OF: Record<string, string> = { basic: 'password', bearer: 'token', 'api-key': 'value', oauth2: 'clientSecret' }
const FLAGS = ['auth', 'user', 'authSecretEnv', 'authSecretFile', 'authName', 'authIn', 'tokenUrl', 'scope', 'audience', 'credentialsIn'] as const satisfies (keyof RunFlags)[]
const KEY_NAME = 'X-API-Key'

/** What flags say of the auth over what the file says; undefined: neither does. */
export async function authOf(written: unknown, flags: RunFlags, problems: Problem[]): Promise<unknown> {
  if (FLAGS.every((flag) => flags[flag] === undefined)) return written
  const former = typeof written === 'object' && written !== null ? (written as Raw) : {}
  const formerType = typeof former['type'] === 'string' ? former['type'] : undefined
  const type = flags.auth ?? formerType ?? (flags.user === undefined ? '' : 'basic')
  if (flags.user?.includes(':') === true) problems.push({ path: '--user', message: 'a password on the command line is seen by everybody on this machine.', hint: 'Give the name alone, and the password by --auth-secret-env VARIABLE or --auth-secret-file FILE.' })
  const kept = formerType === type ? former : {}
  const secret = await secretOf(flags, problems)
  const secretField = SECRET_OF[type]
  return defined({ ...kept, type: type === '' ? undefined : type, ...fieldsOf(type, flags), ...(secret === undefined || secretField === undefined ? {} : { [secretField]: secret }) })
}

function fieldsOf(type: string, { user, authName, authIn, tokenUrl, scope, audience, credentialsIn }: RunFlags): Raw {
  const name = user?.split(':')[0]
  switch (type) {
    case 'basic': return defined({ username: name })
    case 'api-key': return defined({ name: authName ?? KEY_NAME, in: authIn })
    case 'oauth2': return defined({ clientId: name, tokenUrl, scope, audience, credentialsIn })
    default: return {}
  }
}

/** As the task has it: a variable where it comes from the environment, so that it can be shown without what it stands for. */
async function secretOf({ authSecretEnv, authSecretFile }: RunFlags, problems: Problem[]): Promise<string | undefined> {
  if (authSecretEnv !== undefined && authSecretFile !== undefined) problems.push({ path: '--auth-secret-file', message: '--auth-secret-env and --auth-secret-file exclude each other.', hint: 'Give one of them.' })
  if (authSecretFile !== undefined) return fromFile(authSecretFile, problems)
  const name = authSecretEnv ?? (process.env[SECRET_VARIABLE] === undefined ? undefined : SECRET_VARIABLE)
  if (name === undefined) return undefined
  if (!isVariableName(name)) problems.push({ path: '--auth-secret-env', message: 'this is no name of an environment variable.', hint: 'Give the name of a variable that holds the secret, not the secret.' })
  else if (process.env[name] === undefined) problems.push({ path: '--auth-secret-env', message: `the environment has no ${name}.`, hint: `Set ${name} where the command is given.` })
  return isVariableName(name) ? `{{env.${name}}}` : undefined
}

async function fromFile(path: string, problems: Problem[]): Promise<string | undefined> {
  try {
    const secret = path === '-' ? await text(process.stdin) : await readFile(path, 'utf8')
    // Braces in a secret are no variable.
    return secret.replace(/\r?\n$/, '').replaceAll('{{', "{{'{{'}}")
  } catch (cause) {
    problems.push({ path: '--auth-secret-file', message: `cannot read ${path}: ${reasonOf(cause)}.`, hint: 'Check the path.' })
    return undefined
  }
}

function defined(fields: Raw): Raw {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
