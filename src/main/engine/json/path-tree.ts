import { ALL } from '../../../shared/task/json-path.ts'
import type { JsonPath } from '../../../shared/task/json-path.ts'

/** Paths that begin alike, as one tree: what is asked of the value at which one is. */
export interface PathNode {
  members: PathMember[]
  elements: { at: number; node: PathNode }[]
  lastElement: PathNode | null
  /** Each member or element. */
  each: PathNode | null
  /** Places of the paths that end here. */
  places: number[]
}

export interface PathMember {
  name: string
  /** UTF-8. */
  bytes: Buffer
  node: PathNode
  /** Number of the object in which it was seen last. */
  seenIn: number
}

export function newNode(): PathNode {
  return { members: [], elements: [], lastElement: null, each: null, places: [] }
}

/**
 * Can the path be told without making objects? Not the whole document, nor an element counted from the end other than the last one, nor
 * a name that bytes which are no UTF-8 would come to be.
 */
export function isWalkable({ steps }: JsonPath): boolean {
  return steps.length > 0 && steps.every((step) => (typeof step === 'number' ? step >= -1 : step === ALL || (step.isWellFormed() && !step.includes('\ufffd'))))
}

/** @param path walkable. */
export function addPath(root: PathNode, { steps }: JsonPath, place: number): void {
  let node = root
  for (const step of steps) node = childOf(node, step)
  node.places.push(place)
}

function childOf(node: PathNode, step: JsonPath['steps'][number]): PathNode {
  if (step === ALL) return (node.each ??= newNode())
  if (step === -1) return (node.lastElement ??= newNode())
  const known = typeof step === 'number' ? node.elements.find(({ at }) => at === step) : node.members.find(({ name }) => name === step)
  if (known !== undefined) return known.node
  const child = newNode()
  if (typeof step === 'number') node.elements.push({ at: step, node: child })
  else node.members.push({ name: step, bytes: Buffer.from(step, 'utf8'), node: child, seenIn: 0 })
  return child
}
