import type { TaskRow, NodeRow } from '../../../shared/contract/contract.ts'
import type { Run } from '../../../shared/results/run.ts'
import type { TextKey } from '../locales/index.ts'
import { moment } from '../components/time-text.ts'
import { taskText } from './target-text.ts'
import type { Text } from './use-text.ts'

/** One line of the command palette. */
export interface PaletteEntry {
  id: string
  group: 'actions' | 'tasks' | 'runs' | 'nodes'
  label: string
  /** Beside the label, and searched as well. */
  detail: string
  keys?: string
  run: () => void
}

/** What the palette offers besides actions. */
export interface PaletteThings {
  tasks: readonly TaskRow[]
  runs: readonly Run[]
  nodes: readonly NodeRow[]
}

type Go = (name: string, params?: Record<string, string>) => void

/** Tasks to open and to run, runs and nodes to look at. */
export function thingEntries({ tasks, runs, nodes }: PaletteThings, { t, language }: Pick<Text, 't' | 'language'>, go: Go, start: (row: TaskRow) => void): PaletteEntry[] {
  return [
    ...tasks.flatMap((row): PaletteEntry[] => {
      const { id, spec } = row.task
      const detail = taskText(spec, t)
      return [
        { id: `task-${id}`, group: 'tasks', label: spec.name, detail, run: () => go('task', { id }) },
        { id: `run-task-${id}`, group: 'tasks', label: t('palette.runTask', { name: spec.name }), detail, run: () => start(row) },
      ]
    }),
    ...runs.map((run): PaletteEntry => ({ id: `run-${run.id}`, group: 'runs', label: run.taskName, detail: moment(run.startedAt, language.value), run: () => go('run', { id: run.id }) })),
    ...nodes.map(({ info }): PaletteEntry => ({ id: `node-${info.id}`, group: 'nodes', label: info.name, detail: info.role, run: () => go('nodes') })),
  ]
}

const MOST_PER_GROUP = 8

/** The entries that hold every word of what was typed, those that begin with it first. At most {@link MOST_PER_GROUP} of a group, in the order of the groups. */
export function matching(entries: readonly PaletteEntry[], typed: string): PaletteEntry[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const rank = ({ label, detail }: PaletteEntry): number => {
    const text = `${label} ${detail}`.toLowerCase()
    if (!words.every((word) => text.includes(word))) return -1
    return words[0] !== undefined && label.toLowerCase().startsWith(words[0]) ? 1 : 0
  }
  const ranked = entries.map((entry) => ({ entry, rank: rank(entry) })).filter((row) => row.rank >= 0).sort((a, b) => b.rank - a.rank)
  return GROUPS.flatMap(([group]) => ranked.filter(({ entry }) => entry.group === group).slice(0, MOST_PER_GROUP).map(({ entry }) => entry))
}

/** In the order in which they are shown. */
export const GROUPS: readonly [PaletteEntry['group'], TextKey][] = [
  ['actions', 'palette.actions'],
  ['tasks', 'shell.tasks'],
  ['runs', 'palette.runs'],
  ['nodes', 'shell.nodes'],
]
