import { list, record, text } from '../foreign.ts'
import { literally } from '../literal.ts'
import type { ImportNotes } from '../import-notes.ts'

/**
 * Variables of a Postman collection → those of a task. What has a value becomes `vars`, or `env` where it looks like a
 * secret; what has none comes from the environment (Postman's environments and scripts would fill it in).
 */

const DYNAMIC: Record<string, string> = { $guid: '{{uuid}}', $randomUUID: '{{uuid}}', $timestamp: '{{now s}}', $isoTimestamp: '{{now iso}}', $randomInt: '{{int 0 1000}}' }
const SECRET = /token|secret|passw|pwd|api[-_]?key|credential|auth/i
const MAX_NESTING = 10

export class PostmanVariables {
  readonly vars: Record<string, string> = {}
  readonly env: Record<string, string> = {}
  readonly #values = new Map<string, { value: string; secret: boolean }>()
  readonly #names = new Map<string, string>()
  readonly #notes: ImportNotes

  constructor(notes: ImportNotes) {
    this.#notes = notes
  }

  /** A `variable` list of a collection or a folder; what was declared before stays. */
  declare(variables: unknown): void {
    for (const { key, id, value, type, disabled } of list(variables).map(record)) {
      const name = text(key) ?? text(id) ?? ''
      if (name === '' || disabled === true || this.#values.has(name)) continue
      this.#values.set(name, { value: text(value) ?? '', secret: type === 'secret' || SECRET.test(name) })
    }
  }

  /** Text with variables of the task. @param encode for the text between them. */
  translated(written: string, encode: (text: string) => string = (one) => one): string {
    return written.split(/(\{\{[^{}]{1,200}\}\})/).map((piece, index) => (index % 2 === 0 ? literally(encode(piece)) : this.#variable(piece.slice(2, -2).trim()))).join('')
  }

  /** Text with values in the place of variables, as far as they are known; what is not stays as it is. */
  resolved(written: string): string {
    let result = written
    for (let depth = 0; depth < MAX_NESTING && result.length < 65_536; depth += 1) {
      const next = result.replace(/\{\{([^{}]{1,200})\}\}/g, (whole, name: string) => this.#values.get(name.trim())?.value || whole)
      if (next === result) return result
      result = next
    }
    return result
  }

  #variable(name: string): string {
    if (name.startsWith('$')) return Object.hasOwn(DYNAMIC, name) ? DYNAMIC[name]! : this.#unknown(name)
    const known = this.#values.get(name)
    // Templates of the target's own, such as {{#each}}, are text.
    if (known === undefined && !/^[\w.: -]+$/.test(name)) return literally(`{{${name}}}`)
    const ours = this.#nameOf(name)
    const value = known === undefined ? '' : this.resolved(known.value)
    if (value === '' || value.includes('{{')) this.#notes.skip(`{{${name}}}`, 'no-value', { name: ours })
    const isVar = known !== undefined && !known.secret && value !== '' && !value.includes('{{')
    const place = isVar ? this.vars : this.env
    place[ours] = value.includes('{{') ? '' : value
    return `{{${isVar ? 'vars' : 'env'}.${ours}}}`
  }

  /** `$randomFirstName` and its many relatives. */
  #unknown(name: string): string {
    this.#notes.skip(`{{${name}}}`, 'dynamic')
    return literally(`{{${name}}}`)
  }

  /** Names of ours have letters, digits and _. */
  #nameOf(name: string): string {
    const before = this.#names.get(name)
    if (before !== undefined) return before
    const base = name.replace(/\W+/g, '_').replace(/^(?=\d)/, '_').slice(0, 60) || '_'
    const taken = new Set(this.#names.values())
    let ours = base
    for (let n = 2; taken.has(ours); n += 1) ours = `${base}_${n}`
    this.#names.set(name, ours)
    return ours
  }
}
