import { computed, type ComputedRef } from 'vue'
import { useRouter } from 'vue-router'
import { useCluster } from '../stores/cluster.ts'
import { useRuns } from '../stores/runs.ts'
import { useSettings } from '../stores/settings.ts'
import { useTasks } from '../stores/tasks.ts'
import { thingEntries, type PaletteEntry } from './palette-entries.ts'
import { keys } from './use-keys.ts'
import { useStart } from './use-start.ts'
import { useText } from './use-text.ts'

/** What the shell itself can do, for the palette and for its shortcuts. */
export interface ShellActions {
  paste: () => void
  stopAll: () => void
  shortcuts: () => void
}

/** The lines of the command palette. */
export function usePalette({ paste, stopAll, shortcuts }: ShellActions): ComputedRef<PaletteEntry[]> {
  const [tasks, runs, cluster, settings, router, { start }] = [useTasks(), useRuns(), useCluster(), useSettings(), useRouter(), useStart()]
  const text = useText()
  const { t } = text
  const go = (name: string, params: Record<string, string> = {}): void => void router.push({ name, params })
  const action = (id: string, label: string, run: () => void, shortcut?: string): PaletteEntry => ({ id, group: 'actions', label, detail: '', run, ...(shortcut === undefined ? {} : { keys: shortcut }) })
  return computed(() => [
    action('new', t('keys.new'), () => go('new-task'), keys('N')),
    action('paste', t('tasks.paste'), paste, keys('V', true)),
    action('tasks', t('shell.tasks'), () => go('tasks'), keys('1')),
    action('nodes', t('shell.nodes'), () => go('nodes'), keys('2')),
    action('history', t('shell.history'), () => go('history'), keys('3')),
    action('capacity', t('shell.capacity'), () => go('capacity'), keys('4')),
    action('settings', t('shell.settings'), () => go('settings'), keys(',')),
    action('stop-all', t('palette.stopAll'), stopAll, keys('.', true)),
    action('theme', t('palette.theme'), () => void settings.change({ theme: settings.theme === 'dark' ? 'light' : 'dark' })),
    action('language', t('palette.language'), () => void settings.change({ language: text.language.value === 'en' ? 'zh-CN' : 'en' })),
    action('shortcuts', t('shell.shortcuts'), shortcuts, '?'),
    ...thingEntries({ tasks: tasks.rows, runs: runs.list, nodes: cluster.nodes }, text, go, ({ task }) => void start(task.id, task.spec.request.url)),
  ])
}
