/**
 * Fuzzes what is read from Redis:
 *
 *   node test/fuzz/envelope.fuzz.ts [envelopes = 1,000,000] [seed]
 *
 * Every mutated envelope must be accepted, if it was signed and is of its shape, or refused. An exception, or anything
 * else that was accepted, ends it with exit code 1 and the envelope, ready to become a test.
 */
import { faultOf, MutatedEnvelopes } from '../support/mutated-envelopes.ts'

const [wanted = '1000000', given] = process.argv.slice(2)
const seed = given === undefined ? Date.now() % 2 ** 31 : Number(given)
const envelopes = new MutatedEnvelopes(seed)
const started = performance.now()
let accepted = 0

console.log(`seed ${seed}`)
for (let count = 0; count < Number(wanted); count += 1) {
  const verdict = envelopes.next()
  const fault = faultOf(verdict)
  if (verdict.opened !== null) accepted += 1
  if (fault === null) continue
  console.error(`envelope ${count}: ${fault}\n${JSON.stringify(verdict.text)}`)
  process.exit(1)
}
console.log(`${Number(wanted)} envelopes, ${accepted} accepted, the others refused, in ${((performance.now() - started) / 1000).toFixed(0)} s: nothing found`)
