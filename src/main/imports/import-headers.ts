import { headerNameProblem, headerValueProblem, isSetByUs } from '../../shared/task/header-rules.ts'
import type { ImportNotes } from './import-notes.ts'

/** Headers of something imported. What only a browser sends, or what is set automatically, is left out and said so. */

const BROWSER_ONLY = ['dnt', 'priority', 'purpose', 'x-client-data', 'upgrade-insecure-requests']
const BROWSER_FAMILIES = ['sec-ch-', 'sec-fetch-', 'sec-gpc', 'sec-purpose']

export class ImportHeaders {
  /** Lower-case name → name as written first and its values. */
  readonly #headers = new Map<string, { name: string; values: string[] }>()
  /** Named as `Name:`, so that curl would leave them out. */
  readonly #removed = new Set<string>()
  readonly #notes: ImportNotes

  constructor(notes: ImportNotes) {
    this.#notes = notes
  }

  /** One `-H`: `Name: value`, `Name:value`, `Name;` (empty value) or `Name:` (leave it out). */
  addLine(line: string): void {
    const match = /^(:?[^:;]*)(:|;\s*$)([^]*)$/.exec(line)
    const name = (match?.[1] ?? '').trim()
    const value = (match?.[3] ?? '').trim()
    if (match === null || name === '') return this.#notes.skip(line, 'no-header')
    if (match[2] === ':' && value === '') return this.#remove(name)
    this.offer(name, value)
  }

  /** Adds it unless only a browser sends it or it is set automatically. */
  offer(name: string, value: string): void {
    const family = BROWSER_FAMILIES.find((prefix) => name.toLowerCase().startsWith(prefix))
    if (family !== undefined) return this.#notes.skip(family.endsWith('-') ? `${family}*` : family, 'browser')
    if (BROWSER_ONLY.includes(name.toLowerCase())) return this.#notes.skip(name, 'browser')
    if (name.startsWith(':') || isSetByUs(name)) return this.#notes.skip(name, 'automatic')
    this.add(name, value)
  }

  /** As {@link offer}, but one that cannot be sent is told and left out instead of the whole request. */
  offerIfSound(name: string, value: string): void {
    const wrong = name.startsWith(':') || isSetByUs(name) ? null : (headerNameProblem(name) ?? headerValueProblem(value))
    if (wrong === null) this.offer(name, value)
    else this.#notes.skip(name, 'refused', { why: wrong.message })
  }

  /** Further values of a header are sent as further headers; cookies are joined, as they must be. */
  add(name: string, value: string): void {
    const header = this.#headers.get(name.toLowerCase())
    if (header === undefined) this.#headers.set(name.toLowerCase(), { name, values: [value] })
    else if (name.toLowerCase() === 'cookie') header.values = [`${header.values.join('; ')}; ${value}`]
    else header.values.push(value)
  }

  /** Unless the command gives the header itself, or says to leave it out. */
  addDefault(name: string, value: string): void {
    if (!this.has(name) && !this.#removed.has(name.toLowerCase())) this.add(name, value)
  }

  replace(name: string, value: string): void {
    this.#headers.set(name.toLowerCase(), { name: this.#headers.get(name.toLowerCase())?.name ?? name, values: [value] })
  }

  drop(name: string): void {
    this.#headers.delete(name.toLowerCase())
  }

  has(name: string): boolean {
    return this.#headers.has(name.toLowerCase())
  }

  get(name: string): string {
    return this.#headers.get(name.toLowerCase())?.values.join(', ') ?? ''
  }

  get count(): number {
    return this.#headers.size
  }

  toRecord(): Record<string, string | string[]> {
    const entries = [...this.#headers.values()].map(({ name, values }): [string, string | string[]] => [name, values.length === 1 ? (values[0] ?? '') : values])
    return Object.fromEntries(entries)
  }

  #remove(name: string): void {
    this.#removed.add(name.toLowerCase())
    this.#notes.skip(`${name}:`, 'removed')
  }
}
