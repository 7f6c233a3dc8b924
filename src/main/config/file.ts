import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, type Problem } from '../../shared/errors.ts'
import { CLUSTER_KEYS, type ClusterWords } from './words.ts'

/**
 * The configuration of this machine: `config.yaml` in the data folder, or the file that `STAMPEDE_CONFIG` names; YAML or
 * JSON. Most machines have none, and then nothing is loaded for it. Throws AppError `bad-input` with every problem.
 */
export async function readConfigFile(dataDir: string, env: NodeJS.ProcessEnv): Promise<ClusterWords> {
  const named = env['STAMPEDE_CONFIG']
  const path = named || join(dataDir, 'config.yaml')
  if (!existsSync(path)) {
    if (!named) return {}
    throw new AppError('bad-input', `STAMPEDE_CONFIG: there is no file ${path}.`, { hint: 'Check the path.' })
  }
  const { parse } = await import('yaml')
  const { didYouMean } = await import('../../shared/suggest.ts')
  const problems: Problem[] = []
  const words: Record<string, string | string[]> = {}
  for (const [key, value] of Object.entries(document(path, parse))) {
    if (!(CLUSTER_KEYS as string[]).includes(key)) problems.push({ path: key, message: 'This is not known.', hint: didYouMean(key, CLUSTER_KEYS) })
    else if (key === 'allowHosts' && isTexts(value)) words[key] = value
    else if (key !== 'allowHosts' && (typeof value === 'string' || typeof value === 'number')) words[key] = String(value)
    else problems.push({ path: key, message: key === 'allowHosts' ? 'This must be a list of hosts.' : 'This must be a text or a number.' })
  }
  if (problems.length > 0) throw new AppError('bad-input', `${path} has problems:`, { problems })
  return words
}

function document(path: string, parse: (text: string) => unknown): Record<string, unknown> {
  let value: unknown
  try {
    value = parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new AppError('bad-input', `${path} cannot be read: ${(cause as Error).message}`, { hint: 'It must be YAML or JSON.', cause })
  }
  if (value === null) return {} // only comments in it
  if (typeof value !== 'object' || Array.isArray(value)) throw new AppError('bad-input', `${path} holds no configuration.`, { hint: 'Write for example: redis: redis://10.0.0.5:6379' })
  return value as Record<string, unknown>
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
