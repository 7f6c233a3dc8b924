import { app, BrowserWindow } from 'electron'

/** Whether this is the only one of the user's on this data; if not, the first one comes to the front and this one is to end. @param onSecond hears the command line of each later start. */
export function isOnlyInstance(onSecond: (args: readonly string[]) => void): boolean {
  if (!app.requestSingleInstanceLock()) return false
  app.on('second-instance', (_event, args) => {
    showFirstWindow()
    onSecond(args)
  })
  return true
}

/** Brings the window to the front, also out of hiding. Answers whether there is one. */
export function showFirstWindow(): boolean {
  const [window] = BrowserWindow.getAllWindows()
  if (window === undefined) return false
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
  return true
}
