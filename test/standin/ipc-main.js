// electron.ipcMain, and how a page's call becomes an answer.
import { EventEmitter } from 'node:events'

const handlers = new Map()

export const ipcMain = Object.assign(new EventEmitter(), {
  handle(channel, handler) {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    handlers.set(channel, handler)
  },
  handleOnce(channel, handler) {
    ipcMain.handle(channel, (...args) => {
      handlers.delete(channel)
      return handler(...args)
    })
  },
  removeHandler: (channel) => handlers.delete(channel),
})

/** The value a handler answers with; errors are worded as Electron words them. */
export async function invoke(event, channel, args) {
  try {
    const handler = handlers.get(channel)
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
    return { value: await handler(event, ...args) }
  } catch (error) {
    console.error(`Error occurred in handler for '${channel}':`, error)
    return { error: `Error invoking remote method '${channel}': ${error}` }
  }
}
