import { BACKSLASH, CLOSE_ARRAY, CLOSE_OBJECT, COMMA, NOT_JSON, OPEN_ARRAY, OPEN_OBJECT, QUOTE, skipColon, skipSpace, skipString, skipValue } from './json-skip.ts'
import { addPath, newNode } from './path-tree.ts'
import type { PathMember, PathNode } from './path-tree.ts'
import type { JsonPath } from '../../../shared/task/json-path.ts'

/**
 * It takes the order of the members of an object, or which of two of the same name came last: seldom enough to leave it to
 * JSON.parse. Comes in the place of an offset, as NOT_JSON does.
 */
export const UNDECIDED = -2

/** Finds where in a document the values of several paths are, in one pass that checks all of it. */
export class JsonWalker {
  /** By place of a path: where its values begin and end, in order. */
  readonly spans: number[][] = []
  readonly #root: PathNode = newNode()
  #bytes: Buffer = Buffer.alloc(0)
  #objects = 0

  /** @param path walkable. */
  add(path: JsonPath, place: number): void {
    addPath(this.#root, path, place)
    this.spans[place] = []
  }

  /** Fills {@link spans}. NOT_JSON, UNDECIDED, or the length: it is a document. */
  walk(bytes: Buffer): number {
    for (const spans of this.spans) spans.length = 0
    this.#bytes = bytes
    const end = this.#value(this.#root, skipSpace(bytes, 0))
    if (end < 0) return end
    return skipSpace(bytes, end) === bytes.length ? bytes.length : NOT_JSON
  }

  /** @returns behind the value. As deep as the paths are, not as the document is. */
  #value(node: PathNode, at: number): number {
    const end = this.#inside(node, at)
    if (end >= 0) for (const place of node.places) this.spans[place]!.push(at, end)
    return end
  }

  #inside(node: PathNode, at: number): number {
    const byte = this.#bytes[at]
    if (byte === OPEN_OBJECT && node.each !== null) return UNDECIDED
    if (byte === OPEN_OBJECT && node.members.length > 0) return this.#object(node, at)
    if (byte === OPEN_ARRAY && (node.each !== null || node.lastElement !== null || node.elements.length > 0)) return this.#array(node, at)
    return skipValue(this.#bytes, at)
  }

  #object({ members }: PathNode, from: number): number {
    const bytes = this.#bytes
    const number = ++this.#objects
    let at = skipSpace(bytes, from + 1)
    if (bytes[at] === CLOSE_OBJECT) return at + 1
    for (;;) {
      if (bytes[at] !== QUOTE) return NOT_JSON
      const name = at + 1
      at = skipString(bytes, name)
      if (at < 0) return NOT_JSON
      const member = memberAt(members, bytes, name, at - 1)
      if (member === UNDECIDED || (member !== null && member.seenIn === number)) return UNDECIDED
      at = skipColon(bytes, at)
      if (at < 0) return NOT_JSON
      if (member === null) {
        at = skipValue(bytes, at)
      } else {
        member.seenIn = number
        at = this.#value(member.node, at)
      }
      if (at < 0) return at
      at = skipSpace(bytes, at)
      if (bytes[at] === CLOSE_OBJECT) return at + 1
      if (bytes[at] !== COMMA) return NOT_JSON
      at = skipSpace(bytes, at + 1)
    }
  }

  #array(node: PathNode, from: number): number {
    const bytes = this.#bytes
    let at = skipSpace(bytes, from + 1)
    if (bytes[at] === CLOSE_ARRAY) return at + 1
    for (let i = 0; ; i++) {
      const element = at
      at = this.#element(node, i, element)
      if (at < 0) return at
      at = skipSpace(bytes, at)
      if (bytes[at] === CLOSE_ARRAY) {
        const last = node.lastElement === null ? 0 : this.#value(node.lastElement, element)
        return last < 0 ? last : at + 1
      }
      if (bytes[at] !== COMMA) return NOT_JSON
      at = skipSpace(bytes, at + 1)
    }
  }

  /** Paths may mean the same element by several names: it is walked for each of them. */
  #element({ each, elements }: PathNode, i: number, at: number): number {
    let end = each === null ? 0 : this.#value(each, at)
    for (const { at: wanted, node } of elements) if (wanted === i && end >= 0) end = this.#value(node, at)
    return end === 0 ? skipValue(this.#bytes, at) : end
  }
}

/** The member whose name it is. A name with escapes is left to JSON.parse unless it is too short to be one that is wanted. */
function memberAt(members: readonly PathMember[], bytes: Buffer, from: number, to: number): PathMember | null | typeof UNDECIDED {
  let mayBeEscaped = false
  for (const member of members) {
    if (member.bytes.length === to - from) {
      if (isAt(member.bytes, bytes, from)) return member
    } else if (member.bytes.length < to - from) {
      mayBeEscaped = true
    }
  }
  if (mayBeEscaped) for (let at = from; at < to; at++) if (bytes[at] === BACKSLASH) return UNDECIDED
  return null
}

function isAt(wanted: Buffer, bytes: Buffer, from: number): boolean {
  for (let i = 0; i < wanted.length; i++) if (wanted[i] !== bytes[from + i]) return false
  return true
}
