import type { Summary } from '../src/shared/results/summary.ts'
import { inRepository, type Bench } from './bench-context.ts'
import { measure, type Measured, type Probe } from './measure.ts'

/** What we are measured as: the built command line, as a user starts it. */
export const CLI = inRepository('out', 'main', 'cli.js')

/** Passed; no trust in the result (98) is for the caller to see in the summary: a busy machine makes it so. */
const GOOD_ENDS = [0, 98]

export function ourCommand(bench: Bench, url: string, flags: readonly string[]): string[] {
  return [process.execPath, CLI, 'run', url, ...flags, '--json', '-Q', '--data-dir', bench.folder]
}

export interface OurRun<P> extends Measured<P> {
  summary: Summary
}

/** @param seconds expected length; far beyond it the run is ended. */
export async function runOurs<P>(bench: Bench, url: string, flags: readonly string[], seconds: number, servers: readonly number[], probe: Probe<P>): Promise<OurRun<P>> {
  const measured = await measure({ argv: ourCommand(bench, url, flags), core: bench.cores.client, servers, limitSeconds: seconds + 30, probe })
  if (!GOOD_ENDS.includes(measured.code)) throw new Error(`our run ended with ${measured.code}: ${measured.stderr.slice(-400)}`)
  const summary = JSON.parse(measured.stdout) as Summary
  if (summary.imbalance !== null) throw new Error(`our ledger does not balance: ${summary.imbalance}`)
  return { ...measured, summary }
}
