/** Where a character of a text field stands on the screen: its left, and the line below it, px of the window. */
export function caretPoint(field: HTMLInputElement | HTMLTextAreaElement, index: number): { left: number; top: number } {
  const box = field.getBoundingClientRect()
  const style = getComputedStyle(field)
  const before = field.value.slice(0, index).split('\n')
  const x = widthOf(before.at(-1) ?? '', style) + parseFloat(style.paddingLeft) - field.scrollLeft
  const left = Math.max(box.left, Math.min(box.left + x, box.right - 40))
  if (field instanceof HTMLInputElement) return { left, top: box.bottom + 4 }
  const y = parseFloat(style.paddingTop) + before.length * parseFloat(style.lineHeight) - field.scrollTop
  return { left, top: Math.min(box.top + y + 2, box.bottom) }
}

let canvas: CanvasRenderingContext2D | null = null

function widthOf(text: string, { font }: CSSStyleDeclaration): number {
  canvas ??= document.createElement('canvas').getContext('2d')
  if (canvas === null) return 0
  canvas.font = font
  return canvas.measureText(text).width
}
