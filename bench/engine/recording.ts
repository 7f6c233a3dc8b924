/** Prints nanoseconds of this thread's CPU to record one request: three histograms, log-normal times. Median of 7 stretches after a warm-up. */
import { Histogram } from '../../src/shared/results/histogram.ts'
import { median } from '../statistics.ts'

const TIMES = 1 << 16
const REQUESTS = 3_000_000

const times = Float64Array.from({ length: TIMES }, () => Math.round(1000 * Math.exp(0.8 * normal())))
const [response, service, lag] = [new Histogram(), new Histogram(), new Histogram()]

function stretch(): number {
  const began = process.threadCpuUsage()
  for (let i = 0; i < REQUESTS; i++) {
    const us = times[i & (TIMES - 1)]!
    response.record(us + 50)
    service.record(us)
    lag.record(us >> 4)
  }
  const { user, system } = process.threadCpuUsage(began)
  return ((user + system) * 1000) / REQUESTS
}

/** Box and Muller. */
function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
}

stretch()
console.log(median(Array.from({ length: 7 }, stretch)))
