/**
 * Many simulated workers in one process: `node workers.ts <redis> <first> <count> <nodes per connection>`. Each is a whole
 * node with the product's own drivers and adapters; only its engine is made up. Says `joined` to its parent, and leaves
 * with it.
 */
import { joinFleet, startFleetNode } from './fleet-node.ts'

/** Connections opened at the same time. */
const AT_ONCE = 25

const [address = '', first = '0', count = '0', perLink = '1'] = process.argv.slice(2)
const groups = Array.from({ length: Math.ceil(Number(count) / Number(perLink)) }, (_, index) => index * Number(perLink))
for (let at = 0; at < groups.length; at += AT_ONCE) {
  await Promise.all(groups.slice(at, at + AT_ONCE).map(async (from) => {
    const nodes = await joinFleet(address, Math.min(Number(perLink), Number(count) - from))
    for (const [offset, joined] of nodes.entries()) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100)) // not all heartbeats in one instant
      startFleetNode(joined, `w${Number(first) + from + offset}`, 'worker')
    }
  }))
}
process.send?.('joined')
for (const end of ['disconnect', 'SIGTERM']) process.once(end, () => process.exit(0))
