import { sample } from 'openapi-sampler'
import { list, number, record } from '../foreign.ts'
import type { OpenApiDocument } from './openapi-document.ts'

/** Values for parameters and bodies: the examples of the document, or values made from its schemas. */

const MAX_DEPTH = 8
/** References followed for one value: schemas that refer to each other many times over would never end. */
const MAX_REFERENCES = 5000

export interface Sampled {
  value: unknown
  /** Whether the document gives it; else it was made from the schema. */
  given: boolean
}

export class Samples {
  readonly #document: OpenApiDocument
  /** How many values had to be made. */
  made = 0

  constructor(document: OpenApiDocument) {
    this.#document = document
  }

  /** Of a parameter or a media type: `example`, the first of `examples`, or of its schema. Undefined: nothing can be made. */
  of(holder: unknown): Sampled | undefined {
    const { example, examples, schema } = record(holder)
    if (example !== undefined) return { value: example, given: true }
    const [first] = Object.values(record(examples)).map((one) => this.#document.follow(one)).filter((one) => one['value'] !== undefined)
    if (first !== undefined) return { value: first['value'], given: true }
    return schema === undefined ? undefined : this.ofSchema(schema)
  }

  ofSchema(schema: unknown, format: 'json' | 'xml' = 'json'): Sampled | undefined {
    const own = this.#document.follow(schema)
    const given = [own['example'], list(own['examples'])[0], own['default'], own['const'], list(own['enum'])[0]].some((one) => one !== undefined)
    try {
      const made = quietly(() => sample(schema as never, { skipReadOnly: true, quiet: true, maxSampleDepth: MAX_DEPTH, format }, this.#budgeted()))
      const value: unknown = given || format === 'xml' ? made : notZero(made, own)
      if (!given) this.made += 1
      return value === undefined ? undefined : { value, given }
    } catch {
      return undefined
    }
  }

  /** The document as the sampler sees it: each reference it follows begins at the root and costs one. */
  #budgeted(): object {
    let left = MAX_REFERENCES
    return new Proxy(this.#document.root, {
      get: (root, key, receiver): unknown => {
        if (--left < 0) throw new Error('too many references')
        return Reflect.get(root, key, receiver)
      },
    })
  }
}

/** The sampler's number is 0, which is rarely an id of anything. */
function notZero(value: unknown, { maximum, exclusiveMaximum }: ReturnType<OpenApiDocument['follow']>): unknown {
  const most = number(maximum) ?? number(exclusiveMaximum) ?? 1
  return value === 0 && most >= 1 ? 1 : value
}

/** The sampler tells the console of schemas that contradict themselves, asked to be quiet or not. */
function quietly<T>(act: () => T): T {
  const { warn } = console
  console.warn = () => undefined
  try {
    return act()
  } finally {
    console.warn = warn
  }
}
