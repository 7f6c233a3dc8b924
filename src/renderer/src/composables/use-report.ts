import { useBridge } from '../bridge/index.ts'
import { useNotices } from '../stores/notices.ts'
import { useText } from './use-text.ts'

/** Saves a run as one HTML file, in the language of the screen: the browser's download, the desktop's save dialog. */
export function useReport(): (runId: string) => Promise<void> {
  const [bridge, notices] = [useBridge(), useNotices()]
  const { language } = useText()
  return async (id) => {
    try {
      const { text, fileName, mediaType } = await bridge.invoke('run.report', { id, format: 'html', language: language.value })
      const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob([text], { type: mediaType })), download: fileName })
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
    } catch (error) {
      notices.refused(error)
    }
  }
}
