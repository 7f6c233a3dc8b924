import { parseArgs } from 'node:util'
import { chaosRound } from './round.ts'
import { buildWorld } from './world.ts'

/**
 * `npm run test:chaos -- --processes [--minutes 30] [--seed n]`: real processes, a real Redis and a real target; every
 * five seconds something breaks. What breaks follows from the seed; when exactly it hits is up to the machine.
 */
async function processChaos(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options: { processes: { type: 'boolean' }, minutes: { type: 'string' }, seed: { type: 'string' } } })
  const minutes = Number(values.minutes ?? '30')
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000)
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  say(`Chaos of real processes for ${minutes} minutes, seed ${seed}`)
  const random = mulberry32(seed)
  const world = await buildWorld()
  let [rounds, bad] = [0, 0]
  try {
    for (const endsAt = Date.now() + minutes * 60_000; Date.now() < endsAt; rounds++) {
      say(`  round ${rounds + 1}`)
      const wrong = await chaosRound(world, random, say).catch((error: unknown) => [String(error)])
      wrong.push(...world.crashed.splice(0))
      for (const what of wrong) say(`  WRONG: ${what}`)
      if (wrong.length > 0) bad++
    }
  } finally {
    await world.stop()
  }
  say(`${rounds} rounds, ${bad} with violations (seed ${seed})`)
  return bad === 0 ? 0 : 1
}

function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

try {
  process.exitCode = await processChaos(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
