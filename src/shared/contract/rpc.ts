import { AppError } from '../errors.ts'
import type { Api, CommandName, EventName, Events, Input, Output } from './contract.ts'

/** What a host must offer for the product's screens to run on it: call a command, hear of facts. */
export interface Bridge {
  invoke<C extends CommandName>(command: C, input: Input<C>): Promise<Output<C>>
  /** Returns the way to stop listening. */
  on<E extends EventName>(event: E, listener: (fact: Events[E]) => void): () => void
}

/** Answers a command by name; own commands only, so that no prototype member can be called from outside. Throws AppError `not-found`. */
export async function dispatch(api: Api, command: string, input: unknown): Promise<unknown> {
  if (!Object.hasOwn(api, command)) throw new AppError('not-found', `There is no command ${JSON.stringify(command)}.`)
  return (api as unknown as Record<string, (input: unknown) => Promise<unknown>>)[command]?.(input)
}
