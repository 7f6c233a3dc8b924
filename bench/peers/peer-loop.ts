/** A closed loop of users in a client library, measured as `bench/engine/closed-loop.ts` measures ours. */
export interface Loop {
  users: number
  seconds: number
  warmUpSeconds: number
}

/**
 * Runs it, prints {"requests", "failed", "cpuUs"} of the time after the warm-up, and ends the process.
 * @param make of one user: takes what to call at the end of each request, answers what begins the next one.
 */
export async function loop({ users, seconds, warmUpSeconds }: Loop, make: (done: () => void, failed: () => void) => () => void): Promise<never> {
  let requests = 0
  let failures = 0
  const begin = (): void => {
    const next = make(() => (requests++, next()), () => (failures++, next()))
    next()
  }
  for (let i = 0; i < users; i++) begin()
  await sleep(warmUpSeconds)
  const before = { cpu: process.cpuUsage(), requests, failures }
  await sleep(seconds)
  const cpu = process.cpuUsage(before.cpu)
  const count = requests - before.requests
  console.log(JSON.stringify({ requests: count, failed: failures - before.failures, cpuUs: (cpu.user + cpu.system) / count }))
  process.exit(0)
}

function sleep(span: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, span * 1000))
}
