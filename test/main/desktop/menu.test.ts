import { expect, test, vi } from 'vitest'
import { CHANNELS } from '../../../src/shared/contract/desktop-channels.ts'
import { menusOf } from '../../../src/main/desktop/menu.ts'
import { words } from '../../../src/main/desktop/words.ts'

const { Window } = vi.hoisted(() => ({ Window: class { webContents = { send: vi.fn() } } }))
vi.mock('electron', () => ({ BrowserWindow: Window, Menu: {} }))

type Item = ReturnType<typeof menusOf>[number]
const system = { openFiles: vi.fn(), showData: vi.fn() }
const itemsOf = (menus: readonly Item[]): Item[] => menus.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? itemsOf(item.submenu) : [])])

test.each([['en', 'Export Report…', 'Set as Baseline'], ['zh-CN', '导出报告…', '设为基线']] as const)('the menu in %s offers the report and the baseline of the run that is open or selected', (language, report, baseline) => {
  const items = itemsOf(menusOf(words(language), system, false))
  const window = new Window()
  for (const [id, label] of [['report', report], ['baseline', baseline], ['change-rate', undefined], ['span', undefined], ['scale', undefined]] as const) {
    const item = items.find((one) => one.id === id)
    if (label !== undefined) expect(item?.label).toBe(label)
    item?.click?.({} as never, window as unknown as Parameters<NonNullable<Item['click']>>[1], {})
    expect(window.webContents.send).toHaveBeenLastCalledWith(CHANNELS.menu, id)
  }
})

test('every item leaves its key to the page, but the one that only the system can do, and no two items have the same', () => {
  for (const mac of [true, false]) {
    const items = itemsOf(menusOf(words('en'), system, mac)).filter(({ accelerator }) => accelerator !== undefined)
    expect(items.filter(({ registerAccelerator }) => registerAccelerator !== false).map(({ id }) => id)).toEqual(['open-files'])
    expect(new Set(items.map(({ accelerator }) => accelerator)).size).toBe(items.length)
  }
})
