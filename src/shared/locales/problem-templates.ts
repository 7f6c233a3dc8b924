import { capacityTexts } from './capacity.ts'
import { redisTexts } from './redis.ts'
import { successionTexts } from './succession.ts'
import type { Chinese, Texts } from './texts.ts'
import { verdictTexts } from './verdict.ts'
import { accessProblems } from './problems/access.ts'
import { clusterProblems } from './problems/cluster.ts'
import { dataProblems } from './problems/data.ts'
import { engineProblems } from './problems/engine.ts'
import { expressionsProblems } from './problems/expressions.ts'
import { failuresProblems } from './problems/failures.ts'
import { importsProblems } from './problems/imports.ts'
import { protocolsProblems } from './problems/protocols.ts'
import { requestProblems } from './problems/request.ts'
import { serviceProblems } from './problems/service.ts'
import { taskProblems } from './problems/task.ts'
import { variablesProblems } from './problems/variables.ts'
import { wordsInProblems } from './problems/words.ts'

/** All that is said in English at its source, with its Chinese: texts as they are, and templates whose holes are filled. */

/** By hand; {@link everything} has the sentences of the core as well. */
export const chineseProblems: Chinese = {
  ...accessProblems, ...clusterProblems, ...dataProblems, ...engineProblems, ...expressionsProblems, ...failuresProblems, ...importsProblems,
  ...protocolsProblems, ...requestProblems, ...serviceProblems, ...taskProblems, ...variablesProblems, ...wordsInProblems,
}

export interface Template {
  /** What stands before, between and after the holes. */
  pieces: readonly string[]
  chinese: string
  /** Enough to know a text by; `{0} or {1}` is of use in holes only. */
  tells: boolean
}

const HOLE = /\{\d+\}/

/** Sentences of the core that are quoted in English: as the reason of a run, as the message of a refusal. */
const QUOTED: Texts = { ...capacityTexts, ...redisTexts, ...successionTexts, ...verdictTexts }

let whole: Chinese | null = null
let compiled: Template[] | null = null

export function everything(): Chinese {
  return (whole ??= { ...Object.fromEntries(quoted()), ...chineseProblems })
}

function quoted(): [string, string][] {
  return Object.values(QUOTED).map(({ en, 'zh-CN': chinese }) => numbered(en, chinese)).filter(([english]) => /[a-z]{2}/i.test(wordsOf(english)))
}

/** `{label}` → `{0}`, by the order of the English. */
function numbered(english: string, chinese: string): [string, string] {
  const names = [...new Set([...english.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))]
  const count = (text: string): string => text.replace(/\{(\w+)\}/g, (_, name: string) => `{${names.indexOf(name)}}`)
  return [count(english), count(chinese)]
}

/** Those with the most words first: what fits several is meant by the most telling one. */
export function templates(): readonly Template[] {
  compiled ??= Object.entries(everything())
    .filter(([english]) => HOLE.test(english))
    .sort(([a], [b]) => wordsOf(b).length - wordsOf(a).length)
    .map(([english, chinese]) => ({ pieces: english.split(/\{\d+\}/), chinese, tells: wordsOf(english).replace(/[^a-z]/gi, '').length > 2 }))
  return compiled
}

function wordsOf(english: string): string {
  return english.replace(/\{\d+\}/g, '')
}

/** What stands in the holes; null where the text was not made of these pieces. Piece by piece, so that no text can stall. */
export function heldIn(text: string, [first = '', ...more]: readonly string[]): string[] | null {
  const last = more.pop() ?? ''
  const end = text.length - last.length
  if (!text.startsWith(first) || !text.endsWith(last)) return null
  const held: string[] = []
  let at = first.length
  for (const piece of more) {
    const found = text.indexOf(piece, at)
    if (found === -1) return null
    held.push(text.slice(at, found))
    at = found + piece.length
  }
  return at <= end ? [...held, text.slice(at, end)] : null
}
