import { expect, test } from 'vitest'
import { offersOf, openBraces, withVariable } from '../../../../src/renderer/src/views/editor/variable-offers.ts'

test('variables are offered within braces that are not closed', () => {
  expect(openBraces('a={{us', 6)).toEqual({ from: 2, typed: 'us' })
  expect(openBraces('a={{ users.', 11)).toEqual({ from: 2, typed: 'users.' })
  expect(openBraces('a={{seq}}b', 10)).toBeNull()
  expect(openBraces('a={{int 1', 9)).toBeNull()
})

test('what begins as typed comes first; data, variables and secrets before what every task has', () => {
  const task = { vars: { region: 'eu' }, env: { TOKEN: '' }, data: { users: { mode: 'unique' as const, columns: ['id', 'name'] } } }
  const names = (typed: string, extracted: string[] = []) => offersOf(task, extracted, typed).map(({ name }) => name)
  expect(names('').slice(0, 5)).toEqual(['users.id', 'users.name', 'vars.region', 'env.TOKEN', 'seq'])
  expect(names('', ['token'])[0]).toBe('step.token')
  expect(names('u').slice(0, 3)).toEqual(['users.id', 'users.name', 'uuid'])
  expect(names('nonsense')).toEqual([])
})

test('a chosen one takes the place of what was typed, and closing braces are not doubled', () => {
  const braces = openBraces('x={{us&y', 6)
  expect(braces && withVariable('x={{us&y', 6, braces, 'users.id')).toEqual({ text: 'x={{users.id}}&y', caret: 14 })
  expect(withVariable('{{us}}', 4, { from: 0, typed: 'us' }, 'users.id')).toEqual({ text: '{{users.id}}', caret: 12 })
})
