import { expect, test } from 'vitest'
import { chooseCores } from '../../bench/machine.ts'

test('server and clients have a core each where there are two', () => {
  expect(chooseCores({}, 8)).toEqual({ server: 0, client: 1 })
  expect(chooseCores({}, 1)).toEqual({ server: 0, client: 0 })
  expect(chooseCores({ SERVER_CORE: '2', CLIENT_CORE: '3' }, 8)).toEqual({ server: 2, client: 3 })
})
