/**
 * CPU per request of peers as multiples of wrk's, recorded once on a quiet machine: 2 vCPU AMD EPYC (Zen 4, KVM, kernel
 * 6.18), Debian 12, November 2026, same method (100-byte answer, 50 kept connections, nginx on the other core), medians
 * of 3 to 6 runs of 3 s. Used only where a peer is not there to be measured, and then said so.
 */
const WRK_US = 9.4

const MICROSECONDS: Record<string, number> = {
  ab: 9.5,
  'h2load --h1': 10.6,
  bombardier: 11.3,
  autocannon: 23.3,
  hey: 30.3,
  'go-stress-testing': 35.5,
  vegeta: 45.9,
  siege: 76.6,
  k6: 98.8,
  locust: 163,
  artillery: 1071,
}

/** CPU per request over that of wrk. Throws for a peer that was never measured. */
export function recordedTimesWrk(peer: string): number {
  const us = MICROSECONDS[peer]
  if (us === undefined) throw new Error(`no record of ${peer}`)
  return us / WRK_US
}
