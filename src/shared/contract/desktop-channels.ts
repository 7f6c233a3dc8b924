/** Names of the Electron channels, and what travels on them. Known to the preload script and the desktop only. */
export const CHANNELS = {
  /** (command, input) → Reply */
  invoke: 'stampede:invoke',
  /** (event, fact) to the window. */
  fact: 'stampede:fact',
  /** (action) to the window, when a menu item was chosen. */
  menu: 'stampede:menu',
  /** () → Opened[]; () to the window when there is something to take. */
  opened: 'stampede:opened',
  /** (): the data folder, in the program of the system for folders. */
  showData: 'stampede:show-data',
} as const

/** Electron's IPC keeps only the text of an Error: a refusal travels as data. */
export type Reply = { ok: true; value: unknown } | { ok: false; error: unknown }

/** What a menu item asks the screens to do. */
export type MenuAction = 'new-task' | 'new-from-clipboard' | 'find' | 'run' | 'try-once' | 'change-rate' | 'span' | 'scale' | 'stop' | 'stop-all' | 'report' | 'baseline' | 'tasks' | 'nodes' | 'history' | 'capacity' | 'settings' | 'palette' | 'shortcuts'
