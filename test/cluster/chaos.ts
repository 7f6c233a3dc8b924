import { parseArgs } from 'node:util'
import type { Course } from './schedule.ts'
import { playSchedules } from './schedules.ts'

/** `npm run test:chaos`: schedules of faults by the hundred thousand. Failing seeds are printed; the exit code tells of them. */

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '100000' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    threads: { type: 'string' },
  },
})
const from = wholeOf('seed', values.seed ?? String(1 + Math.floor(Math.random() * 1e9)))
const count = wholeOf('schedules', values.schedules)
const until = values.minutes === undefined ? Infinity : performance.now() + wholeOf('minutes', values.minutes) * 60_000
const threads = values.threads === undefined ? {} : { threads: wholeOf('threads', values.threads) }

const began = performance.now()
let played = 0
let masterships = 0
let faults = 0
let virtualMs = 0
const failed: Course[] = []
const unhealed: Course[] = []
const failOvers: number[] = []
const converged: number[] = []

console.log(`${count} schedules from seed ${from}`)
await playSchedules({ from, count, until, ...threads, onCourse })
report()
process.exitCode = failed.length > 0 ? 1 : 0

function onCourse(course: Course): void {
  played++
  masterships += course.masterships
  faults += course.struck.length
  virtualMs += course.lastedMs
  failOvers.push(...course.failOvers)
  if (course.convergedInMs !== null) converged.push(course.convergedInMs)
  if (course.broken.length > 0) failed.push(course)
  else if (course.missed.length > 0) unhealed.push(course)
  for (const what of course.broken) console.log(`seed ${course.seed} BROKEN: ${what}`)
  for (const what of course.missed) console.log(`seed ${course.seed} not healed: ${what}`)
  if (played % 1000 === 0) console.log(`${played} played, ${failed.length} broken, ${unhealed.length} not healed, ${secondsSince(began)} s`)
}

function report(): void {
  console.log(`${played} schedules, ${faults} faults, ${masterships} masterships, ${Math.round(virtualMs / 3_600_000)} hours of virtual time in ${secondsSince(began)} s`)
  console.log(`from the loss of a master to the next one: ${percentiles(failOvers)}`)
  console.log(`from the last fault to all as it should be: ${percentiles(converged)}`)
  console.log(`not healed in time, or not as well as it should be: ${unhealed.length}${seedsOf(unhealed)}`)
  console.log(failed.length === 0 ? 'no promise was broken' : `promises were broken by ${failed.length} seeds${seedsOf(failed)}`)
}

function seedsOf(courses: Course[]): string {
  return courses.length === 0 ? '' : `: ${courses.map(({ seed }) => seed).join(' ')}`
}

function percentiles(times: number[]): string {
  const sorted = times.sort((a, b) => a - b)
  const at = (part: number): string => ((sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0) / 1000).toFixed(1)
  return sorted.length === 0 ? 'never happened' : `p50 ${at(0.5)} s, p90 ${at(0.9)} s, p99 ${at(0.99)} s, max ${at(1)} s (${sorted.length})`
}

function secondsSince(at: number): number {
  return Math.round((performance.now() - at) / 1000)
}

function wholeOf(name: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  console.error(`--${name} must be a whole number above 0, not "${text}".`)
  process.exit(2)
}
