import { useBridge } from '../bridge/index.ts'
import { useNotices } from '../stores/notices.ts'
import { download } from './download.ts'
import { useText } from './use-text.ts'

/** Saves a run as one HTML file, in the language of the screen. */
export function useReport(): (runId: string) => Promise<void> {
  const [bridge, notices] = [useBridge(), useNotices()]
  const { language } = useText()
  return async (id) => {
    try {
      const { text, fileName, mediaType } = await bridge.invoke('run.report', { id, format: 'html', language: language.value })
      download(text, mediaType, fileName)
    } catch (error) {
      notices.refused(error)
    }
  }
}
