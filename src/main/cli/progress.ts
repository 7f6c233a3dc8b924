import type { Language } from '../../shared/locales/translate.ts'
import type { LiveViewActions } from './live-view.ts'
import type { Progress } from './plain-progress.ts'

/** Loads only what is shown. */
export async function openProgress(options: { quiet: boolean; color: boolean; language: Language } & LiveViewActions): Promise<Progress> {
  if (options.quiet) return SILENT
  if (!process.stderr.isTTY) return (await import('./plain-progress.ts')).plainProgress(options.language)
  const { LiveView } = await import('./live-view.ts')
  return new LiveView(process.stderr, process.stdin, options)
}

const SILENT: Progress = { show() {}, point() {}, notice() {}, close() {} }
