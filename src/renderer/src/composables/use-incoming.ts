import { onBeforeUnmount, onMounted } from 'vue'
import { useRouter } from 'vue-router'
import { useBridge } from '../bridge/index.ts'
import { useNotices } from '../stores/notices.ts'
import { useSettings } from '../stores/settings.ts'
import { useTasks } from '../stores/tasks.ts'
import { requireTaskSpec } from '../../../shared/task/task-schema.ts'
import type { DeepLink, Opened } from '../../../shared/contract/deep-link.ts'
import { usePaste } from './use-paste.ts'
import { useText } from './use-text.ts'

/** Larger ones are not meant. */
const MAX_BYTES = 32 * 1024 * 1024

export interface Incoming {
  /** Files dropped on the window, or that the system wants opened. */
  files: (files: readonly File[]) => Promise<void>
}

/** Opens files: a stored run, or whatever can become a task. Nothing is started. */
export function useOpenFiles(): Incoming & { file: (name: string, text: string) => Promise<void>; guarded: (work: () => Promise<void>) => Promise<void> } {
  const [notices, router, bridge] = [useNotices(), useRouter(), useBridge()]
  const { openText } = usePaste()
  const { t } = useText()

  async function file(name: string, text: string): Promise<void> {
    if (/\.stampede$/i.test(name)) {
      const { id } = await bridge.invoke('run.import', { text })
      await router.push({ name: 'run', params: { id } })
    } else if (!(await openText(text))) notices.show({ level: 'info', text: t('drop.unknown', { name }) }, 6000)
  }

  async function files(list: readonly File[]): Promise<void> {
    for (const dropped of list) await guarded(async () => {
      if (dropped.size > MAX_BYTES) return void notices.show({ level: 'bad', text: t('drop.tooLarge', { name: dropped.name }) })
      await file(dropped.name, await dropped.text())
    })
  }

  async function guarded(work: () => Promise<void>): Promise<void> {
    await work().catch(notices.refused)
  }

  return { files, file, guarded }
}

/** Links and files from outside: each opens a filled form or a stored run; nothing is ever started by it. */
export function useIncoming(): Incoming {
  const [tasks, settings, router] = [useTasks(), useSettings(), useRouter()]
  const { files, file, guarded } = useOpenFiles()

  async function link(wanted: DeepLink): Promise<void> {
    switch (wanted.to) {
      case 'task':
        tasks.pasted = { spec: requireTaskSpec(wanted.spec), whole: true, taken: [], skipped: [] }
        return void (await router.push({ name: 'new-task' }))
      case 'join':
        settings.offer = { address: wanted.address, namespace: wanted.namespace }
        return void (await router.push({ name: 'settings', query: { section: 'cluster' } }))
      default: return wanted satisfies never
    }
  }

  async function take(opened: readonly Opened[]): Promise<void> {
    for (const one of opened) await guarded(() => (one.kind === 'link' ? link(one.link) : file(one.name, one.text)))
  }

  let stop: (() => void) | undefined
  onMounted(() => (stop = window.stampede?.onOpened((opened) => void take(opened))))
  onBeforeUnmount(() => stop?.())
  return { files }
}
