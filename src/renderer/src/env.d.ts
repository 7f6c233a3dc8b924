import type { Opened } from '../../shared/contract/deep-link.ts'
import type { MenuAction } from '../../shared/contract/desktop-channels.ts'
import type { Bridge } from '../../shared/contract/rpc.ts'

declare global {
  interface Window {
    /** Put there by the preload script of the desktop app; absent in a browser. */
    stampede?: Bridge & { onMenu(listener: (action: MenuAction) => void): () => void; showData(): Promise<void>; onOpened(listener: (opened: Opened[]) => void): () => void }
  }
}
