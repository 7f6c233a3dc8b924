import { authTexts } from '../../../shared/task/auth-schema.ts'
import { templatesOf } from '../../../shared/task/template-problems.ts'
import { hasVariables, parseTemplate } from '../../../shared/task/template-text.ts'
import type { Variable } from '../../../shared/task/template-text.ts'
import type { AuthSpec, RequestSpec } from '../../../shared/task/task.ts'
import type { CompiledRequest, RequestSource } from '../lanes/compiled-request.ts'
import { withAuth } from './request-auth.ts'
import type { Credential } from './request-auth.ts'
import { wireOf } from './request-wire.ts'
import { asIs, binary, inHeader, inUrl, placeInBody } from './variable-places.ts'
import type { Place } from './variable-places.ts'
import { constantOf, valueOf } from './variables.ts'
import type { ValueSources, VariableValue } from './variables.ts'

/**
 * A request with a word in the place of each variable: it is compiled like any other, and the words are found again in
 * what has become of it. So one compiler knows what a message looks like, and a variable cannot change that.
 */
export interface MarkedRequest {
  request: RequestSpec
  /** By the number in the mark. */
  variables: (Variable | Credential)[]
  /** Finds the marks; its group is the number. */
  mark: RegExp
}

/** Null for a request that is always the same, and has no auth. */
export function markVariables(request: RequestSpec, auth?: AuthSpec): MarkedRequest | null {
  const texts = templatesOf(request).map(({ text }) => text)
  if (auth === undefined && !texts.some(hasVariables)) return null
  const word = unusedWord([...texts, ...authTexts(auth).map(({ text }) => text), ...(request.multipart ?? []).map(({ base64 = '' }) => Buffer.from(base64, 'base64').toString('latin1'))])
  const variables: MarkedRequest['variables'] = []
  const mark = (what: Variable | Credential): string => `${word}${variables.push(what) - 1}${word}`
  const marked = (text: string): string => {
    const parsed = parseTemplate(text)
    return parsed.ok ? parsed.parts.map((part) => (typeof part === 'string' ? part : mark(part))).join('') : text
  }
  const withMarks = withTexts(request, marked)
  return { request: auth === undefined ? withMarks : withAuth(withMarks, auth, marked, mark), variables, mark: new RegExp(`${word}(\\d+)${word}`) }
}

function unusedWord(texts: readonly string[]): string {
  let word = 'zvz'
  while (texts.some((text) => text.toLowerCase().includes(word))) word += 'vz'
  return word
}

/** The request with each text that may hold variables changed. */
function withTexts(request: RequestSpec, change: (text: string) => string): RequestSpec {
  const each = (values: Record<string, string | string[]>): Record<string, string | string[]> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? value.map(change) : change(value)]))
  const texts = (['body', 'send', 'message'] as const).flatMap((name) => (request[name] === undefined ? [] : [[name, change(request[name])] as const]))
  return {
    ...request,
    url: change(request.url),
    headers: each(request.headers),
    ...Object.fromEntries(texts),
    ...(request.form === undefined ? {} : { form: each(request.form) }),
    ...(request.multipart === undefined ? {} : { multipart: request.multipart.map((part) => (part.value === undefined ? part : { ...part, value: change(part.value) })) }),
  }
}

/** A text of literals and values in turn, as binary text. */
class TemplateText {
  readonly #literals: string[] = ['']
  readonly #values: { value: VariableValue; place: Place }[] = []

  get isFixed(): boolean {
    return this.#values.length === 0
  }

  addLiteral(text: string): void {
    this.#literals[this.#literals.length - 1] += text
  }

  addValue(value: VariableValue, place: Place): void {
    this.#values.push({ value, place })
    this.#literals.push('')
  }

  render(n: number): string {
    const literals = this.#literals
    const values = this.#values
    let text = literals[0]!
    for (let i = 0; i < values.length; i++) {
      const { value, place } = values[i]!
      text += place(value.text(n)) + literals[i + 1]!
    }
    return text
  }
}

/** Writes the message of each iteration. No closures, and no bytes but those of the message, are made per request. */
export class RequestTemplate implements RequestSource {
  readonly #fixed: CompiledRequest
  readonly #path: TemplateText
  readonly #headers: { name: string; value: TemplateText; isLength: boolean }[]
  /** Null: the body is always the same. */
  readonly #body: TemplateText | null
  readonly #fixedBody: string
  readonly #payload: TemplateText
  /** Once they are known to be always the same. */
  #sameHeaders: CompiledRequest['headers'] | null = null
  /** The head up to the length of the body, and what follows that. */
  readonly #beforeLength = new TemplateText()
  readonly #afterLength = new TemplateText()

  /** @param fixed the request that was compiled with the marks in it. */
  constructor(fixed: CompiledRequest, marked: MarkedRequest, sources: ValueSources) {
    const read = (text: string, place: (before: string) => Place, into = new TemplateText()): TemplateText => fill(into, text, marked, sources, place)
    const contentType = fixed.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
    this.#fixed = fixed
    this.#path = read(fixed.path, () => inUrl)
    this.#headers = fixed.headers.map(([name, value]) => ({ name, value: read(value, () => inHeader), isLength: name.toLowerCase() === 'content-length' }))
    this.#fixedBody = fixed.body?.toString('latin1') ?? ''
    const body = marked.mark.test(this.#fixedBody) ? fill(new TemplateText(), this.#fixedBody, marked, sources, (before) => placeInBody(contentType, before), asIs) : null
    this.#body = body
    this.#payload = read(marked.request.send ?? '', (before) => placeInBody('', before))
    let into = this.#beforeLength
    const write = (text: string, place: () => Place): void => void read(text, place, into)
    into.addLiteral(`${fixed.method} `)
    write(fixed.path, () => inUrl)
    into.addLiteral(' HTTP/1.1\r\n')
    for (const [name, value] of fixed.headers) {
      into.addLiteral(`${name}: `)
      if (body !== null && name.toLowerCase() === 'content-length') into = this.#afterLength
      else write(value, () => inHeader)
      into.addLiteral('\r\n')
    }
    into.addLiteral('\r\n')
  }

  textFor(n: number): string {
    if (this.#body === null) return this.#beforeLength.render(n) + this.#fixedBody
    const body = this.#body.render(n)
    return this.#beforeLength.render(n) + String(body.length) + this.#afterLength.render(n) + body
  }

  isHead(): boolean {
    return this.#fixed.method === 'HEAD'
  }

  payloadFor(n: number): Buffer {
    return Buffer.from(this.#payload.render(n), 'latin1')
  }

  /** Empty where there is none. */
  bodyFor(n: number): Buffer {
    return this.#body === null ? (this.#fixed.body ?? Buffer.alloc(0)) : Buffer.from(this.#body.render(n), 'latin1')
  }

  /** Headers of a message whose length nobody tells. Always the same list where none of them differs. */
  headersFor(n: number): CompiledRequest['headers'] {
    if (this.#sameHeaders !== null) return this.#sameHeaders
    const headers = this.#headers.map(({ name, value }): [string, string] => [name, textOf(value.render(n))])
    // Values that never change are in them, too: the words in their places must not leave.
    if (this.#headers.every(({ value }) => value.isFixed)) this.#sameHeaders = headers
    return headers
  }

  requestFor(n: number): CompiledRequest {
    const fixed = this.#fixed
    const body = this.#body === null ? fixed.body : Buffer.from(this.#body.render(n), 'latin1')
    const headers = this.#headers.map(({ name, value, isLength }): [string, string] => [name, isLength ? String(body?.length ?? 0) : textOf(value.render(n))])
    const path = this.#path.render(n)
    return { ...fixed, path, headers, body, wire: wireOf(fixed.method, path, headers, body) }
  }
}

/** Cuts a text at its marks. Values that never change become part of the literals. @param placeAfter the place of a variable, by the text before it. @param literal what stands between them, as bytes. */
function fill(into: TemplateText, text: string, { mark, variables }: MarkedRequest, sources: ValueSources, placeAfter: (before: string) => Place, literal: Place = binary): TemplateText {
  const pieces = text.split(mark)
  let before = ''
  pieces.forEach((piece, i) => {
    if (i % 2 === 0) {
      into.addLiteral(literal(piece))
      before += piece
      return
    }
    const number = Number(piece)
    const variable = variables[number]!
    const place = isPlain(variable) ? asIs : placeAfter(before)
    const constant = constantOf(variable, sources)
    if (constant === null) into.addValue(valueOf(variable, sources, number), place)
    else into.addLiteral(place(constant))
  })
  return into
}

/** Digits, hyphens and hex: at home in every place. */
function isPlain(variable: Variable | Credential): boolean {
  return variable.kind === 'basic' || variable.kind === 'seq' || variable.kind === 'int' || variable.kind === 'uuid' || (variable.kind === 'now' && variable.format !== 'iso')
}

/** Binary text as the text that it encodes. */
function textOf(bytes: string): string {
  return /^[\0-\x7f]*$/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')
}
