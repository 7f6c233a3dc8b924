import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inputSchemas, openApi, parseInput } from '../../../src/shared/contract/contract-schema.ts'
import { AppError } from '../../../src/shared/errors.ts'
import type { CommandName } from '../../../src/shared/contract/contract.ts'

describe('the input of a command', () => {
  it('passes when it is as the contract says', () => {
    expect(parseInput('task.list', undefined)).toEqual({})
    expect(parseInput('task.get', { id: '01JABC' })).toEqual({ id: '01JABC' })
    expect(parseInput('task.setRate', { id: 'a', rate: '12k' })).toEqual({ id: 'a', rate: 12_000 })
    expect(parseInput('run.list', { limit: 5, before: 1.5 })).toEqual({ limit: 5, before: 1.5 })
    expect(parseInput('settings.set', { theme: 'dark' })).toEqual({ theme: 'dark' })
  })

  it('leaves the judgement of a task to the door for tasks', () => {
    expect(parseInput('task.create', { spec: { anything: 1 } })).toEqual({ spec: { anything: 1 } })
  })

  it.each<[CommandName, unknown, string, string]>([
    ['task.get', {}, 'id', 'missing'],
    ['task.get', { id: '../x y' }, 'id', 'as `task list`'],
    ['task.get', { id: 'a', ide: 1 }, 'ide', 'Did you mean "id"?'],
    ['task.list', { x: 1 }, 'x', 'in the input of task.list'],
    ['task.list', [], '', 'an object'],
    ['task.create', {}, 'spec', 'missing'],
    ['task.setRate', { id: 'a', rate: 0 }, 'rate', 'At least 0.1 req/s.'],
    ['task.setRate', { id: 'a', rate: null }, 'rate', 'no rate'],
    ['run.list', { limit: 0 }, 'limit', 'At least 1.'],
    ['run.list', { limit: 1.5 }, 'limit', 'whole'],
    ['settings.set', { theme: 'drak' }, 'theme', 'Did you mean "dark"?'],
    ['import.parse', { format: 'curl', text: 'x'.repeat(33_554_433) }, 'text', 'At most 33554432.'],
    ['import.parse', { format: 'wsdl', text: '' }, 'format', 'openapi'],
    ['task.get', JSON.parse('{"__proto__":{"id":"a"}}'), '__proto__', 'not allowed'],
  ])('of %s is refused when it is wrong', (command, input, path, words) => {
    const refusal = catchRefusal(() => parseInput(command, input))
    expect(refusal.code).toBe('bad-input')
    const problem = refusal.problems.find((one) => one.path === path)
    expect(`${problem?.message} ${problem?.hint}`).toContain(words)
  })

  it('of a command that is none, also of a prototype member, is not found', () => {
    expect(catchRefusal(() => parseInput('constructor' as CommandName, {})).code).toBe('not-found')
  })

  it('never throws anything but a refusal', () => {
    const commands = Object.keys(inputSchemas) as CommandName[]
    fc.assert(fc.property(fc.constantFrom(...commands), fc.anything({ withNullPrototype: true, withMap: true, withBigInt: true, key: fc.constantFrom('id', 'rate', 'spec', 'limit', 'text', 'theme', '__proto__') }), (command, input) => {
      try {
        parseInput(command, input)
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
      }
    }))
  })
})

describe('the OpenAPI document', () => {
  const document = JSON.parse(JSON.stringify(openApi()))

  it('has every command and describes a task once', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual(Object.keys(inputSchemas).map((command) => `/api/${command}`))
    const create = document.paths['/api/task.create'].post.requestBody.content['application/json'].schema
    expect(create).toMatchObject({ properties: { spec: { $ref: '#/components/schemas/TaskSpec' } }, required: ['spec'] })
    expect(document.components.schemas['TaskSpec'].properties.request.properties.url.type).toBe('string')
  })

  it('is plain JSON and refers only to what it holds', () => {
    const text = JSON.stringify(document)
    expect(document).toEqual(openApi())
    for (const [, group = '', name = ''] of text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g)) expect(document.components[group][name]).toBeDefined()
  })
})

function catchRefusal(act: () => unknown): AppError {
  try {
    act()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('accepted')
}
