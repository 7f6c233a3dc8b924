import { session } from 'electron'

/** As `startHttp` sends it; the built page carries the same in a meta tag, the development server needs its own socket. */
const CONTENT_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The page asks the system for nothing (camera, place, …), and loads nothing that is not ours. */
export function lockDown(): void {
  const { defaultSession } = session
  defaultSession.setPermissionRequestHandler((_contents, permission, answer) => answer(permission === 'clipboard-sanitized-write' || permission === 'clipboard-read'))
  if (process.env['ELECTRON_RENDERER_URL'] !== undefined) return
  defaultSession.webRequest.onHeadersReceived(({ responseHeaders }, answer) => {
    answer({ responseHeaders: { ...responseHeaders, 'Content-Security-Policy': [CONTENT_POLICY] } })
  })
}
