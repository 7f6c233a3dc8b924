/** npm passes a terminal's Ctrl-C on to a script that has already had it: so soon after the first it is no second one. */
const ECHO_MS = 250

/**
 * Ctrl-C and SIGTERM: the first asks the run to stop and lets the summary come; a second within 3 s cuts (the run is
 * closed with what was recorded).
 */
export function followSignals(stop: () => Promise<unknown>): { received(): NodeJS.Signals | null; cut: Promise<void>; close(): void } {
  const { promise: cut, resolve } = Promise.withResolvers<void>()
  let first: NodeJS.Signals | null = null
  let firstAt = 0
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now()
    if (first !== null && now - firstAt < ECHO_MS) return
    if (first !== null && now - firstAt < 3000) process.exit(signal === 'SIGTERM' ? 143 : 130)
    first ??= signal
    firstAt = now
    process.stderr.write('\nStopping; once more within 3 s cuts.\n')
    stop().catch(() => resolve())
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return {
    received: () => first,
    cut,
    close: () => { process.off('SIGINT', onSignal).off('SIGTERM', onSignal) },
  }
}
