import { formatExtraction, parseExtraction } from '../../../shared/task/extraction.ts'
import type { Extraction } from '../../../shared/task/extraction.ts'
import { AppError } from '../../../shared/errors.ts'
import { headerValues } from '../measure/check-predicates.ts'
import type { Exchange } from '../measure/check-predicates.ts'
import { textOfValue } from '../json/json-reader.ts'
import type { JsonReader } from '../json/json-reader.ts'
import { compileFinder } from '../lanes/pattern.ts'
import type { CookieJar } from './cookie-jar.ts'

/** A value that long belongs to nobody's next request; ten thousand iterations at once may hold one each. */
const MAX_VALUE = 65_536

/** Takes one value out of an answer. */
export interface Extractor {
  /** Of the variable. */
  name: string
  /** Said when nothing is found. */
  failure: string
  /** The answer's body, or its head, has to be collected for it. */
  readsBody: boolean
  /** Null: there is none. */
  find(exchange: Exchange, jar: CookieJar | null): string | null
}

/**
 * @param path of the expressions in the task.
 * @param json reads the bodies, together with the checks of the step.
 * Throws AppError `bad-input` for an expression that cannot be matched in linear time.
 */
export function compileExtractors(extract: Readonly<Record<string, string>>, path: string, json: JsonReader): Extractor[] {
  return Object.entries(extract).map(([name, expression]) => {
    const parsed = parseExtraction(expression)
    if (!parsed.ok) throw new AppError('bad-input', parsed.problem.message, { problems: [{ ...parsed.problem, path: `${path}.${name}` }] })
    const { extraction } = parsed
    const find = finderOf(extraction, `${path}.${name}`, json)
    return {
      name,
      failure: `nothing found for ${name} (${formatExtraction(extraction)})`,
      readsBody: extraction.source === 'json' || extraction.source === 'body',
      find: (exchange, jar) => bounded(find(exchange, jar)),
    }
  })
}

function finderOf(extraction: Extraction, path: string, json: JsonReader): Extractor['find'] {
  switch (extraction.source) {
    case 'json': {
      const place = json.add(extraction.path)
      return ({ body }) => textOfJson(json.values(body, place)?.[0])
    }
    case 'body': {
      const find = compileFinder(extraction.pattern, path)
      return ({ body }) => (body === null ? null : own(find(body.toString('utf8'))))
    }
    case 'header': {
      const find = extraction.pattern === null ? (text: string) => text : compileFinder(extraction.pattern, path)
      return (exchange) => own(firstFound(fieldsOf(exchange, extraction.name), find))
    }
    case 'cookie': return (exchange, jar) => cookieOf(exchange, extraction.name, jar)
    case 'status': return ({ status }) => String(status)
  }
}

function textOfJson(value: unknown): string | null {
  return value === undefined || value === null ? null : textOfValue(value)
}

function cookieOf(exchange: Exchange, name: string, jar: CookieJar | null): string | null {
  const set = fieldsOf(exchange, 'set-cookie').findLast((field) => field.startsWith(`${name}=`))
  if (set !== undefined) return own(set.slice(name.length + 1).split(';', 1)[0]!.trim())
  const kept = jar?.valueOf(name)
  return kept == null ? null : own(decoded(kept))
}

function firstFound(texts: readonly string[], find: (text: string) => string | null): string | null {
  for (const text of texts) {
    const found = find(text)
    if (found !== null) return found
  }
  return null
}

/** Values of a field, bytes taken for UTF-8 as the fields that we send are. */
function fieldsOf({ head }: Exchange, name: string): string[] {
  return head === null ? [] : headerValues(head.toString('latin1'), name).map(decoded)
}

function decoded(bytes: string): string {
  return /^[\0-\x7f]*$/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')
}

/** A copy: a piece of a text keeps the whole of it in memory, here the whole body. */
function own(text: string | null): string | null {
  return text === null ? null : Buffer.from(text, 'utf8').toString('utf8')
}

function bounded(text: string | null): string | null {
  return text === null || text.length > MAX_VALUE ? null : text
}
