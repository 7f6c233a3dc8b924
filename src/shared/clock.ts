/**
 * Milliseconds since the epoch as of the start of the process, from then on monotonic: nobody who sets the machine's
 * clock can make a run end early or a lease live long. For what is shown to people, `Date.now()` is right.
 */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now()
}
