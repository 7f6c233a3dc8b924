/**
 * Fuzzes the HTTP/1.1 parser for N seconds:
 *
 *   node test/fuzz/http1-parser.fuzz.ts [seconds = 60] [seed]
 *
 * Every input is read whole, in random pieces, byte by byte, and twice in a row; all must come to the same end. An
 * exception or a difference ends it with exit code 1 and the input, ready to become a test.
 */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { cutAt, parse } from '../support/parse-run.ts'
import type { ParseRun } from '../support/parse-run.ts'
import { cuts, responseLike } from '../support/response-like.ts'

const BATCH = 500
const [seconds = '60', given] = process.argv.slice(2)
const started = performance.now()
const until = started + Number(seconds) * 1000
let seed = given === undefined ? Date.now() % 2 ** 31 : Number(given)
let inputs = 0
let bytesRead = 0
let responses = 0

console.log(`seed ${seed}`)
while (performance.now() < until) {
  for (const [bytes, offsets] of fc.sample(fc.tuple(responseLike, cuts), { numRuns: BATCH, seed: seed++ })) examine(bytes, offsets)
}
const elapsed = (performance.now() - started) / 1000
console.log(`${inputs} inputs, ${bytesRead} bytes, ${responses} of them complete responses, in ${elapsed.toFixed(0)} s: nothing found (peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB)`)

function examine(bytes: Buffer, offsets: number[]): void {
  inputs++
  bytesRead += bytes.length
  try {
    const whole = parse([bytes], { collect: true })
    responses += whole.responses.length
    for (const pieces of [cutAt(bytes, offsets), cutAt(bytes, Array.from(bytes.keys()))]) {
      const run = parse(pieces, { collect: true, memo: true })
      if (!isDeepStrictEqual(outcome(run), outcome(whole))) throw new Error(`cut at ${offsets.join()}: ${JSON.stringify(run)} instead of ${JSON.stringify(whole)}`)
    }
    const [one, two] = parse([bytes, bytes], { collect: true, memo: true }).responses
    if (two !== undefined && !isDeepStrictEqual(one, two)) throw new Error(`the second time it was ${JSON.stringify(two)} instead of ${JSON.stringify(one)}`)
  } catch (error) {
    console.error(`seed ${seed - 1}, input ${JSON.stringify(bytes.toString('latin1'))}`)
    console.error(error)
    process.exit(1)
  }
}

/** Up to the first response: what follows it is dropped with its piece, so it depends on the cut. */
function outcome({ responses: [response], error, clean }: ParseRun): unknown {
  return response === undefined ? [error !== null, clean] : [response.status, response.head, response.body]
}
