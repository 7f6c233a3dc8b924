import { RE2JS } from 're2js'
import { AppError } from '../../../shared/errors.ts'

/** An expression of a user, matched in time linear in the text: none of them can stall the generator. */
export interface Pattern {
  /** Anywhere in the text. */
  test(text: string): boolean
}

/** @param path of the field it comes from. Throws AppError `bad-input`. */
export function compilePattern(source: string, path: string): Pattern {
  try {
    const compiled = RE2JS.compile(source)
    return { test: (text) => compiled.matcher(text).find() }
  } catch (cause) {
    const message = `The expression ${JSON.stringify(source)} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}.`
    throw new AppError('bad-input', message, { problems: [{ path, message, hint: 'Write it without looking around or back.' }], cause })
  }
}
