import { RE2JS } from 're2js'
import { AppError } from '../../../shared/errors.ts'

/** An expression of a user, matched in time linear in the text: none of them can stall the generator. */
export interface Pattern {
  /** Anywhere in the text. */
  test(text: string): boolean
}

/** @param path of the field it comes from. Throws AppError `bad-input`. */
export function compilePattern(source: string, path: string): Pattern {
  const compiled = compiledOf(source, path)
  return { test: (text) => compiled.matcher(text).find() }
}

/** What the first group of an expression matches, or all of it where there is no group; null: it matches nothing. As {@link compilePattern}. */
export function compileFinder(source: string, path: string): (text: string) => string | null {
  const compiled = compiledOf(source, path)
  const group = Math.min(1, compiled.groupCount())
  return (text) => {
    const matcher = compiled.matcher(text)
    return matcher.find() ? matcher.group(group) : null
  }
}

function compiledOf(source: string, path: string): RE2JS {
  try {
    return RE2JS.compile(source)
  } catch (cause) {
    const message = `The expression ${JSON.stringify(source)} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}.`
    throw new AppError('bad-input', message, { problems: [{ path, message, hint: 'Write it without looking around or back.' }], cause })
  }
}
