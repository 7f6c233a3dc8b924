import { createPinia, setActivePinia } from 'pinia'
import { expect, test } from 'vitest'
import { reactive } from 'vue'
import { tabOf, tabsOf } from '../../../../src/renderer/src/views/editor/editor-tabs.ts'
import { createShownPart } from '../../../../src/renderer/src/views/editor/shown-part.ts'
import { freeStepName, nameFor, nextStep, soleStep } from '../../../../src/renderer/src/views/editor/step-form.ts'
import { taskForm } from '../../../../src/renderer/src/views/editor/task-form.ts'
import { withAuthSecrets, withoutAuthSecrets, authForm } from '../../../../src/renderer/src/views/editor/auth-form.ts'
import { requireTaskSpec } from '../../../../src/shared/task/task-schema.ts'

setActivePinia(createPinia())

const flow = () => reactive(taskForm(requireTaskSpec({ load: { rate: 1, duration: '1s' }, steps: [{ name: 'login', request: { url: 'https://h/login' }, extract: { token: '$.token' } }, { name: 'list', request: { method: 'POST', url: 'https://h/list', body: '{}' } }] })))

test('a problem of a step is shown where its field stands: that step, that tab', () => {
  const shown = createShownPart(flow())
  expect(shown.reveal('steps[1].request.body')).toBe('request.body')
  expect([shown.current.value, shown.tab.value]).toEqual([1, 'body'])
  expect(shown.reveal('steps[0].extract.token')).toBe('steps[0].extract.token')
  expect([shown.current.value, shown.tab.value]).toEqual([0, 'steps'])
  expect(shown.reveal('steps[1].checks[0]')).toBe('steps[1].checks[0]')
  expect([shown.current.value, shown.tab.value]).toEqual([1, 'steps'])
  expect(shown.reveal('auth.token')).toBe('auth.token')
  expect(shown.tab.value).toBe('auth')
})

test('later steps are offered what earlier ones extract, and no others', () => {
  const form = flow()
  const shown = createShownPart(form)
  expect(shown.extracted.value).toEqual([])
  shown.current.value = 1
  expect(shown.extracted.value).toEqual(['token'])
  form.stepOrder = 'weighted'
  expect(shown.extracted.value).toEqual([])
})

test('each protocol has its own tabs', () => {
  expect(tabsOf('tcp', false)).toEqual(['message', 'transport', 'data', 'variables'])
  expect(tabsOf('http', true)).not.toContain('answer')
  expect(tabOf('request.expect', 'http')).toBe('answer')
  expect(tabOf('request.expect', 'tcp')).toBe('message')
  expect(tabOf('load.rate', 'http')).toBeNull()
})

test('a new step stays on the host, and has a name that is free', () => {
  const first = { ...soleStep({ method: 'GET', url: 'https://h:8443/a?b', headers: {} }), name: 'step 2' }
  expect(nextStep([first], first)).toMatchObject({ name: 'step 3', request: { url: 'https://h:8443/', method: 'GET' } })
  expect(freeStepName([{ name: 'list' }, { name: 'list 2' }], 'list 2')).toBe('list 3')
})

test('an extracted value is named after its place', () => {
  expect(nameFor('$.data.token', [])).toBe('token')
  expect(nameFor('$.items[0].id', ['id'])).toBe('id2')
  expect(nameFor('$.items[0]', [])).toBe('items')
  expect(nameFor('$["odd key"]', [])).toBe('key')
  expect(nameFor('$[0]', [])).toBe('value')
})

test('secrets of an auth are left out of what the browser keeps, references to them are not', () => {
  const stored = authForm({ type: 'oauth2', tokenUrl: 'http://h/t', clientId: 'c', clientSecret: 's3cret', credentialsIn: 'header' })
  const kept = withoutAuthSecrets({ ...stored, token: '{{env.TOKEN}}' })
  expect(JSON.stringify(kept)).not.toContain('s3cret')
  expect(kept.token).toBe('{{env.TOKEN}}')
  expect(withAuthSecrets(kept, stored).clientSecret).toBe('s3cret')
})
