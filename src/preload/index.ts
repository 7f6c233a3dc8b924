import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron'
import type { Opened } from '../shared/contract/deep-link.ts'
import type { CommandName, EventName } from '../shared/contract/contract.ts'
import { CHANNELS, type MenuAction, type Reply } from '../shared/contract/desktop-channels.ts'

/** The one thing the page gets: a Bridge. A refusal rejects with plain data, as an Error would lose its fields on the way. */
contextBridge.exposeInMainWorld('stampede', {
  host: 'desktop',
  async invoke(command: CommandName, input: unknown): Promise<unknown> {
    const reply = (await ipcRenderer.invoke(CHANNELS.invoke, command, input)) as Reply
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    return reply.ok ? reply.value : Promise.reject(reply.error)
  },
  on(event: EventName, listener: (fact: unknown) => void): () => void {
    return hear(CHANNELS.fact, (name, fact) => {
      if (name === event) listener(fact)
    })
  },
  onOpened(listener: (opened: Opened[]) => void): () => void {
    const take = (): void => void ipcRenderer.invoke(CHANNELS.opened).then((opened) => listener(opened as Opened[]))
    take()
    return hear(CHANNELS.opened, take)
  },
  async showData(): Promise<void> {
    await ipcRenderer.invoke(CHANNELS.showData)
  },
  onMenu(listener: (action: MenuAction) => void): () => void {
    return hear(CHANNELS.menu, (action) => listener(action as MenuAction))
  },
})

function hear(channel: string, listener: (...args: unknown[]) => void): () => void {
  const forward = (_event: IpcRendererEvent, ...args: unknown[]): void => listener(...args)
  ipcRenderer.on(channel, forward)
  return () => ipcRenderer.removeListener(channel, forward)
}
