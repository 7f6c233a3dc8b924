/** Makes a meter that tells the CPU use of the whole process since its last call, in % of one core. */
export function processCpuMeter(): () => number {
  let cpu = process.cpuUsage()
  let at = performance.now()
  return () => {
    const { user, system } = process.cpuUsage(cpu)
    const now = performance.now()
    const percent = (user + system) / 10 / Math.max(1, now - at)
    cpu = process.cpuUsage()
    at = now
    return percent
  }
}
