import { joinPath } from '../plain-input.ts'
import { didYouMean, show } from '../suggest.ts'
import type { z } from 'zod'
import type { Problem } from '../errors.ts'

/** zod's issues in the words of the product: path, what is wrong, what would be right. */

/** Known keys of the objects of a document, by path without list indices (`load.stages`); the root is ''. */
export type KnownKeys = Record<string, readonly string[]>

const TASK = 'a task'
const WANTED: Partial<Record<string, string>> = { boolean: 'true or false', string: 'text', number: 'a number', int: 'a whole number', array: 'a list', object: 'an object', record: 'an object' }
const EXAMPLES: Partial<Record<string, string>> = {
  '': 'Write an object with load and request.',
  load: 'Write for example load: { rate: 500/s, duration: 30s }.',
  request: 'Write for example request: { url: https://api.example.com/orders }.',
}

/** @param document what the whole is called in messages. */
export function toProblems(issue: z.core.$ZodIssue, keys: KnownKeys, document = TASK): Problem[] {
  const path = issue.path.reduce<string>((text, part) => joinPath(text, typeof part === 'number' ? part : String(part)), '')
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, keys, document))
  return [{ path, ...wordsOf(issue, path, document) }]
}

function wordsOf(issue: z.core.$ZodIssue, path: string, document: string): { message: string; hint: string } {
  const name = path === '' ? capital(document) : path
  switch (issue.code) {
    case 'custom': return { message: issue.message, hint: String(issue.params?.['hint'] ?? '') }
    case 'invalid_value': return { message: `${name} cannot be ${show(issue.input)}.`, hint: didYouMean(show(issue.input).replaceAll('"', ''), issue.values.map(String)) }
    case 'too_small': return { message: issue.origin === 'array' ? `${name} is empty.` : `${name} is too small.`, hint: issue.origin === 'array' ? 'Write at least one, or leave it out.' : `At least ${issue.minimum}.` }
    case 'too_big': return { message: `${name} is too ${issue.origin === 'number' || issue.origin === 'int' ? 'large' : 'long'}.`, hint: `At most ${issue.maximum}.` }
    case 'invalid_type': return { message: issue.input === undefined ? `${name} is missing.` : `${name} cannot be ${show(issue.input)}.`, hint: (document === TASK ? EXAMPLES[path] : undefined) ?? `Write ${WANTED[issue.expected] ?? issue.expected}.` }
    default: return { message: `${name} cannot be ${show(issue.input)}.`, hint: issue.message }
  }
}

function unknownKey(path: string, key: string, keys: KnownKeys, document: string): Problem {
  const at = joinPath(path, key)
  const here = keys[path.replace(/\[\d+\]/g, '')] ?? keys[path.replace(/^(\w+)\..*/, '$1.*')] ?? []
  const inside = keys[joinPath(path.replace(/\[\d+\]/g, ''), 'request')]?.includes(key) === true && path !== '' ? joinPath(path, 'request') : undefined
  const elsewhere = inside ?? Object.keys(keys).find((place) => place !== path && keys[place]?.includes(key))
  const hint = elsewhere === undefined ? didYouMean(key, here) : `Did you mean ${joinPath(elsewhere, key)}?`
  return { path: at, message: `There is no "${key}" in ${path === '' ? document : path}.`, hint }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
