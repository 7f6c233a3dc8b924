/**
 * Fuzzes the reader of JSON bodies for N seconds:
 *
 *   node test/fuzz/json-reader.fuzz.ts [seconds = 60] [seed]
 *
 * Of every input the values of random paths must be those that JSON.parse gives, or none where that throws. A difference
 * ends it with exit code 1 and the input, ready to become a test.
 */
import fc from 'fast-check'
import { differenceOn, jsonLike, jsonPaths } from '../support/json-like.ts'

const BATCH = 500
const [seconds = '60', given] = process.argv.slice(2)
const until = performance.now() + Number(seconds) * 1000
let seed = given === undefined ? Date.now() % 2 ** 31 : Number(given)
let inputs = 0
let documents = 0

console.log(`seed ${seed}`)
while (performance.now() < until) {
  for (const [bodies, paths] of fc.sample(fc.tuple(fc.array(jsonLike, { minLength: 1, maxLength: 20 }), jsonPaths), { numRuns: BATCH, seed: seed++ })) {
    inputs += bodies.length
    documents += bodies.filter(isDocument).length
    const difference = differenceOn(bodies, paths)
    if (difference === null) continue
    console.error(`seed ${seed - 1}: ${difference}`)
    process.exit(1)
  }
}
console.log(`${inputs} inputs, ${documents} of them documents: nothing found`)

function isDocument(body: Buffer): boolean {
  try {
    JSON.parse(body.toString('utf8'))
    return true
  } catch {
    return false
  }
}
