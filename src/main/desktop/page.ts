import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Everything is built into out/main, beside out/preload and out/renderer. */
const page = join(import.meta.dirname, '../renderer/index.html')

export const PRELOAD = join(import.meta.dirname, '../preload/index.cjs')

/** Our page: the built file, or the development server's while `npm run dev` runs. */
export const PAGE_URL = process.env['ELECTRON_RENDERER_URL'] ?? pathToFileURL(page).href

/** Whether a frame shows it, on whichever route. */
export function isOurPage(url: string): boolean {
  const ours = new URL(PAGE_URL)
  if (!URL.canParse(url)) return false
  const { protocol, host, pathname } = new URL(url)
  return protocol === ours.protocol && host === ours.host && (protocol !== 'file:' || pathname === ours.pathname)
}
