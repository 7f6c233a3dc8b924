import type { CommandName, Input, Output } from '../../../shared/contract/contract.ts'
import type { Bridge } from '../../../shared/contract/rpc.ts'
import { asAppError } from './wire.ts'

/**
 * The bridge of the desktop app, over what the preload script exposes. Inputs are copied to plain data first: Vue's
 * proxies cannot be cloned across the process border.
 */
export function createIpcBridge(exposed: Bridge): Bridge {
  return {
    async invoke<C extends CommandName>(command: C, input: Input<C>): Promise<Output<C>> {
      try {
        return await exposed.invoke(command, JSON.parse(JSON.stringify(input)) as Input<C>)
      } catch (error) {
        throw asAppError(error)
      }
    },
    on: (event, listener) => exposed.on(event, listener),
  }
}
