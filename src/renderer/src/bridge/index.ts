import { inject, type InjectionKey } from 'vue'
import type { Bridge } from '../../../shared/contract/rpc.ts'
import { createHttpBridge, type HttpBridge } from './http.ts'
import { createIpcBridge } from './ipc.ts'

/** A bridge as the screens use it; one over a connection that may break also tells when facts were missed. */
export type ScreenBridge = Bridge & Partial<Pick<HttpBridge, 'onReset'>>

export const BRIDGE: InjectionKey<ScreenBridge> = Symbol('bridge')

/** The way to the product from here: the preload's bridge in the desktop app, HTTP in a browser. */
export function openBridge(): ScreenBridge {
  if (window.stampede !== undefined) return createIpcBridge(window.stampede)
  const base = new URL('.', location.href).href
  return createHttpBridge(base, window.fetch.bind(window), () => new EventSource(`${base}api/events`))
}

export function useBridge(): ScreenBridge {
  const bridge = inject(BRIDGE)
  if (bridge === undefined) throw new Error('The app was made without a bridge.')
  return bridge
}
