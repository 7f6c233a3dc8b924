import { expect, test } from 'vitest'
import { comboOf } from '../../../src/renderer/src/composables/use-keys.ts'

const press = (key: string, modifiers: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) =>
  comboOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...modifiers })

test('Ctrl and ⌘ are one, letters have no case', () => {
  expect(press('Enter', { ctrlKey: true })).toBe('mod+Enter')
  expect(press('Enter', { metaKey: true, shiftKey: true })).toBe('mod+shift+Enter')
  expect(press('N', { ctrlKey: true })).toBe('mod+n')
})

test('a question mark is one however it is typed', () => {
  expect(press('?', { shiftKey: true })).toBe('?')
})
