import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export interface Bounds {
  x: number
  y: number
  width: number
  height: number
}

export interface WindowState {
  /** Null before the first move: the system chooses the place. */
  position: { x: number; y: number } | null
  width: number
  height: number
  maximized: boolean
}

export const SMALLEST = { width: 1040, height: 680 }
const FIRST: WindowState = { position: null, width: 1440, height: 900, maximized: false }
/** So much of the window must lie on a display, or it could not be grasped. */
const GRIP_PX = 100

/** Where the window was left. Anything unreadable means the first start. @param displays work areas of those attached now. */
export function readWindowState(path: string, displays: readonly Bounds[]): WindowState {
  try {
    return fitted({ ...FIRST, ...(JSON.parse(readFileSync(path, 'utf8')) as Partial<WindowState>) }, displays)
  } catch {
    return fitted(FIRST, displays)
  }
}

/** Failing to remember a place is no reason to trouble anybody. */
export function writeWindowState(path: string, state: WindowState): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, JSON.stringify(state))
  } catch {
    // The next start begins at the default place.
  }
}

/** Onto a display that is there: one may have been unplugged since. */
function fitted(state: WindowState, displays: readonly Bounds[]): WindowState {
  const { position, maximized } = state
  const width = Math.max(SMALLEST.width, number(state.width, FIRST.width))
  const height = Math.max(SMALLEST.height, number(state.height, FIRST.height))
  const visible = position !== null && displays.some((display) => overlaps({ ...position, width, height }, display))
  return { position: visible ? position : null, width, height, maximized: maximized === true }
}

function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.round(value) : otherwise
}

function overlaps(window: Bounds, display: Bounds): boolean {
  const across = Math.min(window.x + window.width, display.x + display.width) - Math.max(window.x, display.x)
  const down = Math.min(window.y + window.height, display.y + display.height) - Math.max(window.y, display.y)
  // The title bar is what one grasps: the top edge must not lie above the display.
  return across >= GRIP_PX && down >= GRIP_PX && window.y >= display.y
}
