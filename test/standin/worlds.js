// Runs in the page, as source text. Two worlds of one page: 'isolated' (the preload) and 'main' (the app). Values cross by
// structured clone, functions and promises by proxy, as with Electron's contextBridge.
export function linkWorlds(side) {
  const other = side === 'isolated' ? 'main' : 'isolated'
  const functions = new Map()
  const promises = new Map()
  const calls = []
  let last = 0

  const isPlain = (value) => value !== null && typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value))
  const post = (message) => window.dispatchEvent(new CustomEvent(`standin-${other}`, { detail: structuredClone(message) }))
  const textOf = (error) => String(error?.message ?? error)

  /** A Proxy looks plain but cannot be cloned: Electron refuses it in these words. */
  const refuseProxy = (value) => {
    try {
      structuredClone(value)
    } catch (error) {
      if (/#<Object> could not|\[object Array\] could not/.test(error.message)) throw new Error('An object could not be cloned.')
    }
  }

  const encode = (value) => {
    if (typeof value === 'function') {
      const id = `${side}${++last}`
      functions.set(id, value)
      return { $function: id }
    }
    if (value instanceof Promise) {
      const id = `${side}${++last}`
      value.then((result) => post({ type: 'fulfilled', id, value: encode(result) }), (error) => post({ type: 'rejected', id, reason: error instanceof Error ? { $error: error.message } : encode(error) }))
      return { $promise: id }
    }
    if (!Array.isArray(value) && !isPlain(value)) return value
    refuseProxy(value)
    return Array.isArray(value) ? value.map(encode) : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item)]))
  }

  const decode = (value) => {
    if (Array.isArray(value)) return value.map(decode)
    if (!isPlain(value)) return value
    if (value.$error !== undefined) return new Error(value.$error)
    if (value.$function) return (...args) => call(value.$function, args)
    if (value.$promise) return new Promise((resolve, reject) => promises.set(value.$promise, { resolve, reject }))
    return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)])))
  }

  /** Synchronous: dispatching the event runs the other world's listener, which posts the return before we go on. */
  const call = (id, args) => {
    const slot = {}
    calls.push(slot)
    try {
      post({ type: 'call', id, args: args.map(encode) })
    } finally {
      calls.splice(calls.indexOf(slot), 1)
    }
    if ('error' in slot) throw new Error(slot.error)
    return decode(slot.value)
  }

  const answer = ({ id, args }) => {
    try {
      return { type: 'return', value: encode(functions.get(id)(...args.map(decode))) }
    } catch (error) {
      return { type: 'return', error: textOf(error) }
    }
  }

  const receive = {
    call: (message) => post(answer(message)),
    return: (message) => Object.assign(calls.at(-1), 'error' in message ? { error: message.error } : { value: message.value }),
    fulfilled: ({ id, value }) => promises.get(id)?.resolve(decode(value)),
    rejected: ({ id, reason }) => promises.get(id)?.reject(decode(reason)),
    expose: ({ key, value }) => Object.defineProperty(window, key, { value: decode(value), enumerable: true }),
  }
  window.addEventListener(`standin-${side}`, ({ detail }) => receive[detail.type](detail))
  return { expose: (key, value) => post({ type: 'expose', key, value: encode(value) }) }
}

/** The isolated world: gives the preload script its `require('electron')`. Messages to the main process leave by a binding. */
export function runPreload(worlds, codec, sandboxed, script) {
  const listeners = new Map()
  const waiting = new Map()
  let last = 0

  const send = (message) => {
    let text
    try {
      text = codec.pack(message)
    } catch {
      throw new Error('An object could not be cloned.')
    }
    globalThis.__standinSend(text)
  }

  globalThis.__standinReceive = (text) => {
    const message = codec.unpack(text)
    if (message.type === 'event') {
      for (const listener of [...(listeners.get(message.channel) ?? [])]) listener({ sender: ipcRenderer, ports: [] }, ...message.args)
      return
    }
    const call = waiting.get(message.id)
    waiting.delete(message.id)
    if ('error' in message) call.reject(new Error(message.error))
    else call.resolve(message.value)
  }

  const ipcRenderer = {
    invoke: (channel, ...args) =>
      new Promise((resolve, reject) => {
        const id = ++last
        waiting.set(id, { resolve, reject })
        send({ type: 'invoke', id, channel, args })
      }),
    send: (channel, ...args) => send({ type: 'send', channel, args }),
    sendSync: () => { throw new Error('The stand-in has no sendSync.') },
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
      return ipcRenderer
    },
    once(channel, listener) {
      const first = (...args) => {
        ipcRenderer.removeListener(channel, first)
        listener(...args)
      }
      return ipcRenderer.on(channel, first)
    },
    removeListener(channel, listener) {
      listeners.set(channel, (listeners.get(channel) ?? []).filter((known) => known !== listener))
      return ipcRenderer
    },
    removeAllListeners(channel) {
      listeners.delete(channel)
      return ipcRenderer
    },
  }
  ipcRenderer.off = ipcRenderer.removeListener

  const electron = { ipcRenderer, contextBridge: { exposeInMainWorld: worlds.expose }, webUtils: { getPathForFile: (file) => file.name } }
  const require = (id) => {
    if (id === 'electron') return electron
    throw new Error(`module not found: ${id}${sandboxed ? ' (a sandboxed preload has only electron)' : ''}`)
  }
  const module = { exports: {} }
  try {
    script(require, module, module.exports, { contextIsolated: true, sandboxed, platform: 'linux', versions: {}, env: {}, argv: [] })
  } catch (error) {
    send({ type: 'send', channel: '$preload-error', args: [String(error?.stack ?? error)] })
  }
}
