import { ref, type ComponentPublicInstance } from 'vue'

/** Rows that follow the pointer: the dragged one takes the place of the row under it. */
export function useStepDrag(move: (from: number, to: number) => void) {
  const dragged = ref<number | null>(null)
  let rows: HTMLElement | null = null

  function begin(index: number, event: PointerEvent): void {
    const handle = event.currentTarget as HTMLElement
    event.preventDefault()
    handle.focus()
    handle.setPointerCapture(event.pointerId)
    dragged.value = index
    handle.addEventListener('pointermove', follow)
    handle.addEventListener('lostpointercapture', () => {
      handle.removeEventListener('pointermove', follow)
      dragged.value = null
    }, { once: true })
  }

  function follow(event: PointerEvent): void {
    const from = dragged.value
    const over = [...(rows?.children ?? [])].findIndex((row) => {
      const { top, bottom } = row.getBoundingClientRect()
      return event.clientY >= top && event.clientY < bottom
    })
    if (from === null || over === -1 || over === from) return
    move(from, over)
    dragged.value = over
  }

  return { dragged, begin, body: (element: Element | ComponentPublicInstance | null) => void (rows = element as HTMLElement | null) }
}
