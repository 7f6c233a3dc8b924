import { readFileSync, statSync } from 'node:fs'
import { AppError } from '../../shared/errors.ts'
import { wordFor, type Places, type Word } from './words.ts'

/**
 * The secret of the cluster: `--secret-file`, else `STAMPEDE_SECRET`, else a file that environment or configuration
 * name; never an argument, which everybody on the machine could read. Empty: none was given.
 */
export function readSecret(places: Places, warnings: string[]): string {
  const file = wordFor('secretFile', places)
  if (file?.source === 'flag') return secretIn(file, warnings)
  const secret = places.env['STAMPEDE_SECRET']?.trim() ?? ''
  if (secret !== '') return secret
  return file === null ? '' : secretIn(file, warnings)
}

function secretIn(file: Word, warnings: string[]): string {
  const secret = readText(file).trim()
  if (secret === '') throw new AppError('bad-input', `${file.name}: ${file.value} is empty.`, { hint: 'Put a secret into it: openssl rand -hex 32' })
  if (process.platform !== 'win32' && (statSync(file.value).mode & 0o077) !== 0) warnings.push(`Others on this machine can read ${file.value}. chmod 600 keeps the secret yours.`)
  return secret
}

/** A certificate in PEM. */
export function readPem(file: Word): string {
  const pem = readText(file)
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new AppError('bad-input', `${file.name}: ${file.value} holds no certificate.`, { hint: 'It must be in PEM: -----BEGIN CERTIFICATE-----' })
  return pem
}

function readText({ name, value }: Word): string {
  try {
    return readFileSync(value, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'no permission' : String(code ?? cause)
    throw new AppError('bad-input', `${name}: cannot read ${value}: ${why}.`, { hint: 'Check the path.', cause })
  }
}
