import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { createApp } from 'vue'
import type { TaskRow } from '../../../src/shared/contract/contract.ts'
import { BRIDGE } from '../../../src/renderer/src/bridge/index.ts'
import { useTasks } from '../../../src/renderer/src/stores/tasks.ts'
import { createScriptedBridge, emptyScript, scriptedTask, type ScriptedBridge } from '../scripted-bridge.ts'
import { SPEC } from '../synthetic-run.ts'

let bridge: ScriptedBridge
/** Lists that were asked for and not yet answered, each with what it was when it was asked for. */
let asked: { answer: () => void }[]

beforeEach(() => {
  bridge = createScriptedBridge(emptyScript(0))
  asked = []
  const invoke = bridge.invoke.bind(bridge)
  bridge.invoke = (command, input) => {
    if (command !== 'task.list') return invoke(command, input)
    const { promise, resolve } = Promise.withResolvers<never>()
    const told = [...bridge.script.tasks]
    asked.push({ answer: () => resolve(told as never) })
    return promise
  }
  const app = createApp({})
  app.provide(BRIDGE, bridge)
  app.use(createPinia())
  setActivePinia(app.config.globalProperties.$pinia)
})

function change(id: string): void {
  const row: TaskRow = { task: scriptedTask(id, SPEC, 0), recent: [] }
  bridge.script.tasks = [...bridge.script.tasks, row]
  bridge.tell('task:changed', { id })
}
const shown = (): string[] => useTasks().rows.map(({ task }) => task.id)

test('a task that changes while the list is on its way is not missed, and many changes at once cost one list', async () => {
  useTasks().listen()
  change('a')
  change('b')
  await vi.waitUntil(() => asked.length === 1)
  change('c')
  change('d')
  asked[0]?.answer()
  await vi.waitUntil(() => asked.length === 2)
  expect(shown()).toEqual(['a', 'b'])
  asked[1]?.answer()
  await vi.waitUntil(() => shown().length === 4)
  expect(asked).toHaveLength(2)
})

test('of two lists the one that was asked for last is shown, whichever comes last', async () => {
  const first = useTasks().load()
  change('a')
  const second = useTasks().load()
  asked[1]?.answer()
  await second
  asked[0]?.answer()
  await first
  expect(shown()).toEqual(['a'])
})
