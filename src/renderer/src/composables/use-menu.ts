import { onBeforeUnmount, onMounted } from 'vue'
import type { MenuAction } from '../../../shared/contract/desktop-channels.ts'

/** The shortcut that does the same: the screens know shortcuts only, and each acts where it makes sense. */
const SHORTCUTS: Record<MenuAction, { key: string; ctrlKey?: true; shiftKey?: true }> = {
  'new-task': { key: 'n', ctrlKey: true },
  'new-from-clipboard': { key: 'v', ctrlKey: true, shiftKey: true },
  find: { key: 'f', ctrlKey: true },
  run: { key: 'Enter', ctrlKey: true },
  'try-once': { key: 'Enter', ctrlKey: true, shiftKey: true },
  'change-rate': { key: 'r' },
  span: { key: 'w' },
  scale: { key: 'l' },
  stop: { key: '.', ctrlKey: true },
  'stop-all': { key: '.', ctrlKey: true, shiftKey: true },
  report: { key: 'e', ctrlKey: true },
  baseline: { key: 'b', ctrlKey: true },
  tasks: { key: '1', ctrlKey: true },
  history: { key: '3', ctrlKey: true },
  nodes: { key: '2', ctrlKey: true },
  capacity: { key: '4', ctrlKey: true },
  settings: { key: ',', ctrlKey: true },
  palette: { key: 'k', ctrlKey: true },
  shortcuts: { key: '?' },
}

/** The desktop's menu, where there is one. */
export function useMenu(): void {
  let stop: (() => void) | undefined
  onMounted(() => {
    stop = window.stampede?.onMenu((action) => window.dispatchEvent(new KeyboardEvent('keydown', SHORTCUTS[action])))
  })
  onBeforeUnmount(() => stop?.())
}
