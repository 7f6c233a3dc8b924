/** One process of a node: a node that was started anew is another one. */
export interface Boot {
  nodeId: string
  boot: string
}

export function bootKey({ nodeId, boot }: Boot): string {
  return `${nodeId}#${boot}`
}
