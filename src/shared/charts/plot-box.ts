/** The frame of a chart: the plot's inset within the element, px. Charts above each other share left and right. */
export interface Inset {
  left: number
  right: number
  top: number
  bottom: number
}

export const TIME_INSET: Inset = { left: 54, right: 78, top: 12, bottom: 22 }
export const RATE_INSET: Inset = { ...TIME_INSET, top: 18 }
export const ERROR_INSET: Inset = { left: 40, right: 14, top: 10, bottom: 20 }

/** A plot in px and what it shows. */
export interface PlotBox {
  left: number
  top: number
  width: number
  height: number
}

export function plotBox(width: number, height: number, inset: Inset): PlotBox {
  return {
    left: inset.left,
    top: inset.top,
    width: Math.max(width - inset.left - inset.right, 1),
    height: Math.max(height - inset.top - inset.bottom, 1),
  }
}

/** Where an instant lies in the plot that shows a stretch of time, px; what is outside of it, at its edge. */
export function xWithin(box: PlotBox, fromMs: number, toMs: number, ms: number): number {
  return box.left + box.width * Math.min(Math.max((ms - fromMs) / (toMs - fromMs), 0), 1)
}

/** Moves labels apart so that none covers another; keeps their order. Mutates nothing. */
export function spread<T extends { y: number }>(labels: readonly T[], gap: number, low: number, high: number): T[] {
  const sorted = labels.map((label) => ({ ...label, y: Math.min(Math.max(label.y, low), high) })).sort((a, b) => a.y - b.y)
  for (let i = 1; i < sorted.length; i++) {
    const above = sorted[i - 1]
    const label = sorted[i]
    if (above !== undefined && label !== undefined && label.y - above.y < gap) label.y = above.y + gap
  }
  const overflow = (sorted.at(-1)?.y ?? 0) - high
  if (overflow > 0) for (let i = sorted.length - 1, limit = high; i >= 0; i--, limit -= gap) {
    const label = sorted[i]
    if (label !== undefined) label.y = Math.min(label.y, limit)
  }
  return sorted
}
