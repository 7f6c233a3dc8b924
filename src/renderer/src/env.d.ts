import type { Bridge } from '../../shared/rpc.ts'

declare global {
  interface Window {
    /** Put there by the preload script of the desktop app; absent in a browser. */
    stampede?: Bridge
  }
}
