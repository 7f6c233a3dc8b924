import { everything, heldIn, templates } from './problem-templates.ts'
import type { Language } from './texts.ts'

/**
 * What the doors, the stores and the engine have to say is English at its source, as logs, the API and the command line show
 * it. Screens in another language look it up here by its English: by the template it was made from (`{0} is no rate.`), whose
 * holes are filled with what stands in the text. A text that no template fits stays as it is.
 */

const HOLE = /\{(\d+)\}/
/** What stands in a hole may be a sentence of its own, with a hole; no text goes deeper. */
const MOST_DEPTH = 3
/** What is longer, or made of more sentences, was written elsewhere. */
const MOST_CHARACTERS = 1000
const MOST_SENTENCES = 8
const MOST_KEPT = 1000

const kept = new Map<string, string>()
/** Of the text that is being read: each part of it is read once, however it is reached. */
const parts = new Map<string, string | null>()

/** A text of the core as the screens of a language show it. Whoever writes the names and values within it is quoted as they are. */
export function problemText(language: Language, text: string): string {
  if (language === 'en' || text === '' || text.length > MOST_CHARACTERS) return text
  const known = kept.get(text)
  if (known !== undefined) return known
  parts.clear()
  const found = inChinese(text, 0) ?? text
  if (kept.size >= MOST_KEPT) kept.clear()
  kept.set(text, found)
  return found
}

/** `load.rate: At least 0.1 req/s. (and 2 more)`: the place of a problem, the problem, and that it is not the only one. */
const PLACED = /^((?:[a-z]\w*(?:\.[\w-]+|\[(?:\d+|"(?:[^"\\]|\\.)*")\])*: (?=\S))?)([\s\S]+?)( \(and \d+ more\))?$/

/** `connection refused (ECONNREFUSED)`: what the system calls it stays. */
const CODED = /^([\s\S]+) \(([A-Z][A-Z0-9_]+)\)$/

/** Null when nothing fits. Two sentences are tried apart before a hole is made to hold the end of one and the start of the next. */
function inChinese(text: string, depth: number): string | null {
  const key = `${String(depth)} ${text}`
  const known = asItIs(text) ?? parts.get(key)
  if (known !== undefined) return known
  const found = read(text, depth)
  parts.set(key, found)
  return found
}

function read(text: string, depth: number): string | null {
  return placed(text, depth) ?? coded(text, depth) ?? fitting(text, depth, true) ?? apart(text, depth) ?? fitting(text, depth, false)
}

function asItIs(text: string): string | null {
  const all = everything()
  return Object.hasOwn(all, text) && !HOLE.test(text) ? all[text]! : null
}

function placed(text: string, depth: number): string | null {
  const [, place = '', problem = '', more = ''] = PLACED.exec(text) ?? []
  if (more === '' && !/[.[]/.test(place) && !(place !== '' && /^[A-Z"{]/.test(problem))) return null
  const found = inChinese(problem, depth)
  return found === null ? null : place + found + (more === '' ? '' : (fitting(more, depth, true) ?? more))
}

function coded(text: string, depth: number): string | null {
  const [, message, code = ''] = CODED.exec(text) ?? []
  const found = message === undefined ? null : inChinese(message, depth)
  return found === null ? null : `${found}（${code}）`
}

function fitting(text: string, depth: number, oneSentence: boolean): string | null {
  for (const { pieces, chinese, tells } of templates()) {
    const held = tells || depth > 0 ? heldIn(text, pieces) : null
    if (held === null || (oneSentence && held.some((one) => /[.?!] [A-Z]/.test(one)))) continue
    return filled(chinese, held.map((one) => (depth >= MOST_DEPTH || one.startsWith('"') ? one : (inChinese(one, depth + 1) ?? one))))
  }
  return null
}

function apart(text: string, depth: number): string | null {
  for (const end of [...text.matchAll(/[.?!] (?=\S)/g)].slice(0, MOST_SENTENCES)) {
    const [first, rest] = [text.slice(0, end.index + 1), text.slice(end.index + 2)]
    const before = asItIs(first) ?? fitting(first, depth, true)
    const after = before === null ? null : inChinese(rest, depth)
    if (before !== null && after !== null) return before + after
  }
  return null
}

/** Chinese and Latin are kept a space apart where a hole makes them meet. */
function filled(chinese: string, held: readonly string[]): string {
  return chinese.split(/(\{\d+\})/).reduce((text, part) => {
    const hole = HOLE.exec(part)
    return join(text, hole === null ? part : (held[Number(hole[1])] ?? part))
  }, '')
}

function join(before: string, after: string): string {
  const meet = /\p{Script=Han}$/u.test(before) ? /^[!-~]/.test(after) : /[!-~]$/.test(before) && /^\p{Script=Han}/u.test(after)
  return meet ? `${before} ${after}` : before + after
}
