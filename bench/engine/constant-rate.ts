/**
 * The engine alone at a constant rate, as built: no node, no store, no collector, its samples read and thrown away.
 *
 *   node bench/engine/constant-rate.ts URL [rate = 5000] [seconds = 10]
 */
import { createEngine } from '../../src/main/engine/engine.ts'
import { compileLoad } from '../../src/shared/task/load.ts'
import { parseTaskSpec } from '../../src/shared/task/task-schema.ts'

const [url = 'http://127.0.0.1:18080/', rate = '5000', seconds = '10'] = process.argv.slice(2)

const parsed = parseTaskSpec({ schema: 'stampede.task/1', name: 'constant rate', load: { rate: Number(rate), duration: `${seconds}s` }, request: { url } })
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))

const built = new URL('../../out/main/', import.meta.url)
const engine = createEngine({ thread: new URL('engine.js', built), ticker: new URL('ticker.js', built) })
const run = await engine.prepare({ runId: 'bench', spec: parsed.value, load: compileLoad(parsed.value.load), share: [{ from: 0, to: 1 }], threads: 1, seed: 1 })
run.begin(Date.now())
let completed = 0
for await (const { tally } of run.samples()) completed += tally.completed
console.log(completed)
