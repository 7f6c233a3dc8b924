import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { Notice } from '../../../shared/contract/contract.ts'
import type { Sentence } from '../../../shared/locales/sentence.ts'
import { asAppError } from '../bridge/wire.ts'
import { useBridge } from '../bridge/index.ts'
import { useCluster } from './cluster.ts'

/** A line at the foot of the window: from the product (a sentence, or what a refusal said) or from a screen (a text, perhaps with an action). */
export interface NoticeRow {
  id: string
  level: Notice['level']
  text?: string
  said?: string[]
  sentence?: Sentence
  action?: { label: string; run: () => void }
}

/** In a cluster told by banners and its chip, for as long as it is so. */
const OF_THE_CLUSTER: ReadonlySet<string> = new Set(['cluster', 'master'])

export const UNDO_MS = 10_000

export const useNotices = defineStore('notices', () => {
  const bridge = useBridge()
  const cluster = useCluster()
  const rows = ref<NoticeRow[]>([])
  let made = 0

  function show(row: Omit<NoticeRow, 'id'>, lastsMs?: number): string {
    const id = `screen-${String(++made)}`
    rows.value = [...rows.value, { ...row, id }]
    if (lastsMs !== undefined) setTimeout(() => dismiss(id), lastsMs)
    return id
  }

  function dismiss(id: string): void {
    rows.value = rows.value.filter((row) => row.id !== id)
  }

  /** A refused command: what is wrong and what would be right. */
  function refused(error: unknown): void {
    const { message, hint, problems } = asAppError(error)
    const first = problems[0]
    const more = first === undefined ? [hint] : [first.message, first.hint]
    show({ level: 'bad', said: [message, ...more].filter((text) => text !== undefined) }, UNDO_MS)
  }

  function listen(): () => void {
    return bridge.on('notice', (notice) => {
      if (OF_THE_CLUSTER.has(notice.id) && cluster.view?.mode === 'redis') return
      rows.value = [...rows.value.filter((row) => row.id !== notice.id), notice]
      if (notice.level === 'info') setTimeout(() => dismiss(notice.id), UNDO_MS)
    })
  }

  return { rows, show, dismiss, refused, listen }
})
