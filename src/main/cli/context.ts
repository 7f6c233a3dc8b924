import type { Language } from '../../shared/locales/translate.ts'

/** Where the built parts lie; only the entry knows, as its own chunk may be anywhere. */
export interface Entries {
  cli: URL
  thread: URL
  ticker: URL
  importer: URL
  renderer: URL
}

/** Language of the terminal: `--lang`, else the locale of the environment, else English. */
export function languageOf(flag: string | undefined, env: NodeJS.ProcessEnv = process.env): Language {
  const wanted = flag ?? env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? ''
  return /^zh/i.test(wanted) ? 'zh-CN' : 'en'
}
