import { onBeforeUnmount, onMounted } from 'vue'

const MAC = /Mac|iPhone|iPad/.test(navigator.platform)

/** How a shortcut is written here: `keys('.')` is ⌘. or Ctrl+. */
export function keys(key: string, shift = false): string {
  const name = key === 'Enter' ? '↩' : key
  return MAC ? `⌘${shift ? '⇧' : ''}${name}` : `Ctrl+${shift ? 'Shift+' : ''}${name}`
}

/** Combinations: `mod+Enter`, `mod+shift+Enter`, `r`, `?`. Single keys act only outside text fields. */
export type Shortcuts = Record<string, () => void>

/**
 * Listens on the window while the component lives. Combinations are heard before the element that has the focus: a list
 * would take Ctrl+Enter for Enter, and open.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  function act(event: KeyboardEvent): boolean {
    const action = shortcuts[comboOf(event)]
    if (action === undefined || event.defaultPrevented) return false
    event.preventDefault()
    action()
    return true
  }
  function hearCombined(event: KeyboardEvent): void {
    if (isCombined(event) && act(event)) event.stopPropagation()
  }
  function hearSingle(event: KeyboardEvent): void {
    if (!isCombined(event) && !isTyping(event.target)) act(event)
  }
  onMounted(() => {
    window.addEventListener('keydown', hearCombined, true)
    window.addEventListener('keydown', hearSingle)
  })
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', hearCombined, true)
    window.removeEventListener('keydown', hearSingle)
  })
}

function isCombined({ ctrlKey, metaKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey
}

export function comboOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): string {
  const mod = event.ctrlKey || event.metaKey
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  return `${mod ? 'mod+' : ''}${mod && event.shiftKey ? 'shift+' : ''}${event.altKey ? 'alt+' : ''}${key}`
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('[role="menu"],[role="listbox"],[role="dialog"]') !== null)
}
