import type { Run } from '../../../shared/results/run.ts'
import { useNotices } from '../stores/notices.ts'
import { useRuns } from '../stores/runs.ts'
import { useShortcuts } from './use-keys.ts'
import { useReport } from './use-report.ts'

/** What can be done to the run that is open or selected once it has ended, by button, key and menu. */
export function useRunCommands(of: () => Run | undefined): { save: () => void; toggleBaseline: () => void } {
  const [runs, notices] = [useRuns(), useNotices()]
  const report = useReport()
  const ended = (): Run | undefined => (of()?.endedAt == null ? undefined : of())

  function save(): void {
    const run = ended()
    if (run !== undefined) void report(run.id)
  }
  function toggleBaseline(): void {
    const run = ended()
    if (run !== undefined) void runs.setBaseline(run, run.baseline !== true).catch(notices.refused)
  }
  useShortcuts({ 'mod+e': save, 'mod+b': toggleBaseline })
  return { save, toggleBaseline }
}
