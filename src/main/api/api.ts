import type { Api, CommandName } from '../../shared/contract/contract.ts'
import { parseInput } from '../../shared/contract/contract-schema.ts'
import { capacityCommands } from './capacity-commands.ts'
import { clusterCommands } from './cluster-commands.ts'
import { ClusterWatch } from './cluster-watch.ts'
import type { ApiParts } from './parts.ts'
import { resultCommands } from './result-commands.ts'
import { runCommands } from './run-commands.ts'
import { readSettings, settingsCommands } from './settings.ts'
import { Stops } from './stops.ts'
import { taskCommands } from './task-commands.ts'

/** The product's commands. Every input is parsed at this door, whichever bridge it came over. */
export function createApi(parts: ApiParts): Api {
  const stops = new Stops(parts)
  const allowedHosts = async (): Promise<string[]> => (await readSettings(parts)).allowedHosts
  const tasks = taskCommands(parts, stops, async (spec) => parts.admit(spec, await allowedHosts()))
  const runs = runCommands(parts, stops)
  const commands: Api = {
    ...tasks,
    ...runs,
    ...resultCommands(parts),
    ...capacityCommands(parts, { ...tasks, ...runs }),
    ...clusterCommands(parts, new ClusterWatch(parts.cluster, parts.thisNode), stops),
    ...settingsCommands(parts),
    'import.parse': (input) => parts.importText(input),
    'proto.read': ({ files }) => parts.readProto(files),
    'demo.target': () => parts.demoTarget(),
  }
  const guarded = Object.entries(commands).map(([name, command]) => [name, atTheDoor(name as CommandName, command as Command)])
  return Object.fromEntries(guarded) as Api
}

type Command = (input: unknown) => Promise<unknown>

function atTheDoor(name: CommandName, command: Command): Command {
  return async (input) => command(parseInput(name, input))
}
