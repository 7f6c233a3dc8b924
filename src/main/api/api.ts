import type { Api, Capabilities, ClusterView, CommandName, Imported, TryResult } from '../../shared/contract.ts'
import { parseInput } from '../../shared/contract-schema.ts'
import type { TaskSpec } from '../../shared/task.ts'
import type { ClusterState } from '../backend/cluster-state.ts'
import type { LiveRuns } from '../backend/live-runs.ts'
import type { TaskStore } from '../backend/task-store.ts'
import { clusterCommands } from './cluster-commands.ts'
import { runCommands } from './run-commands.ts'
import { readSettings, settingsCommands } from './settings.ts'
import { taskCommands } from './task-commands.ts'

/** All that the commands stand on. Functions of other rooms are handed in, so that this room knows only ports. */
export interface ApiParts {
  tasks: TaskStore
  cluster: Pick<ClusterState, 'nodes' | 'master' | 'request'>
  live: Pick<LiveRuns, 'view' | 'views' | 'summary' | 'points'>
  capabilities: Omit<Capabilities, 'measuredRate'>
  /** Of this node; `mode` and `address` never change while it lives. */
  thisNode: { id: string; mode: ClusterView['mode']; address: string | null }
  tryOnce: (spec: TaskSpec) => Promise<TryResult>
  parseCurl: (text: string) => Promise<Imported>
  demoTarget: () => Promise<{ url: string }>
  /** Throws AppError `target-not-allowed` unless the user may load this target. */
  admit: (spec: TaskSpec, allowedHosts: readonly string[]) => Promise<void>
  newId: () => string
}

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
