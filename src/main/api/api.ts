import type { Api, CommandName } from '../../shared/contract.ts'
import { parseInput } from '../../shared/contract-schema.ts'
import { clusterCommands } from './cluster-commands.ts'
import type { ApiParts } from './parts.ts'
import { runCommands } from './run-commands.ts'
import { readSettings, settingsCommands } from './settings.ts'
import { taskCommands } from './task-commands.ts'

/** The product's commands. Every input is parsed at this door, whichever bridge it came over. */
export function createApi(parts: ApiParts): Api {
  const allowedHosts = async (): Promise<string[]> => (await readSettings(parts.tasks)).allowedHosts
  const commands: Api = {
    ...taskCommands(parts, async (spec) => parts.admit(spec, await allowedHosts())),
    ...runCommands(parts),
    ...clusterCommands(parts),
    ...settingsCommands(parts.tasks),
    'import.parse': ({ text }) => parts.parseCurl(text),
    'demo.target': () => parts.demoTarget(),
  }
  const guarded = Object.entries(commands).map(([name, command]) => [name, atTheDoor(name as CommandName, command as Command)])
  return Object.fromEntries(guarded) as Api
}

type Command = (input: unknown) => Promise<unknown>

function atTheDoor(name: CommandName, command: Command): Command {
  return async (input) => command(parseInput(name, input))
}
