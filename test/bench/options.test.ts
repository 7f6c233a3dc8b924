import { describe, expect, test } from 'vitest'
import { GROUPS, isComplete, parseOptions } from '../../bench/options.ts'

describe('options', () => {
  test('without any, everything is measured and the page of the docs is written', () => {
    const options = parseOptions([])
    expect(options.groups).toEqual([...GROUPS])
    expect(isComplete(options)).toBe(true)
  })

  test('groups are measured in their own order; a part or a quick look never becomes the page', () => {
    expect(parseOptions(['pace', 'cpu']).groups).toEqual(['cpu', 'pace'])
    expect(isComplete(parseOptions(['pace', 'cpu']))).toBe(false)
    expect(isComplete(parseOptions(['--quick']))).toBe(false)
  })

  test('an unknown group or flag is named', () => {
    expect(() => parseOptions(['cpus'])).toThrow('no group "cpus"')
    expect(() => parseOptions(['--fast'])).toThrow('--fast')
  })
})
