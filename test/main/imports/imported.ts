import { readFileSync } from 'node:fs'
import { importText } from '../../../src/main/imports/import-text.ts'
import type { Imported, ImportInput } from '../../../src/shared/contract/contract.ts'
import type { RequestSpec } from '../../../src/shared/task/task.ts'

/** Looking at what an import made. */

export function corpus(name: string): string {
  return readFileSync(new URL(`./corpus/${name}`, import.meta.url), 'utf8')
}

export function imported(text: string | object, options: Partial<ImportInput> = {}): Promise<Imported> {
  return importText({ format: 'auto', text: typeof text === 'string' ? text : JSON.stringify(text), ...options })
}

/** The requests by the names of their steps; of a task without steps under its method and URL. */
export function requestsOf({ spec }: Imported): Record<string, RequestSpec> {
  return Object.fromEntries((spec.steps ?? [{ name: `${spec.request.method} ${spec.request.url}`, request: spec.request }]).map(({ name, request }) => [name, request]))
}

/** What was left out, with the last part of the reason's key. */
export function skippedOf({ skipped }: Imported): Record<string, string> {
  return Object.fromEntries(skipped.map(({ what, sentence }) => [what, sentence.key.replace('imports.skipped.', '')]))
}

export function takenOf({ taken }: Imported): Record<string, unknown> {
  return Object.fromEntries(taken.map(({ key, params }) => [key.replace('imports.taken.', ''), params]))
}
