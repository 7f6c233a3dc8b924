import { onBeforeUnmount, onMounted } from 'vue'

const MAC = /Mac|iPhone|iPad/.test(navigator.platform)

/** How a shortcut is written here: `keys('.')` is ⌘. or Ctrl+. */
export function keys(key: string, shift = false): string {
  const name = key === 'Enter' ? '↩' : key
  return MAC ? `⌘${shift ? '⇧' : ''}${name}` : `Ctrl+${shift ? 'Shift+' : ''}${name}`
}

/** Combinations: `mod+Enter`, `mod+shift+Enter`, `r`, `?`. Single keys act only outside text fields. */
export type Shortcuts = Record<string, () => void>

/** Listens on the window while the component lives. */
export function useShortcuts(shortcuts: Shortcuts): void {
  function hear(event: KeyboardEvent): void {
    const action = shortcuts[comboOf(event)]
    if (action === undefined || event.defaultPrevented) return
    if (!event.ctrlKey && !event.metaKey && isTyping(event.target)) return
    event.preventDefault()
    action()
  }
  onMounted(() => window.addEventListener('keydown', hear))
  onBeforeUnmount(() => window.removeEventListener('keydown', hear))
}

export function comboOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): string {
  const mod = event.ctrlKey || event.metaKey
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  return `${mod ? 'mod+' : ''}${mod && event.shiftKey ? 'shift+' : ''}${event.altKey ? 'alt+' : ''}${key}`
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('[role="menu"],[role="listbox"],[role="dialog"]') !== null)
}
