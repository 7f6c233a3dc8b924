import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const text = readFileSync(`${root}docs/acceptance.md`, 'utf8')
const rows = [...text.matchAll(/^\| (\d+) \| ([DS]) \| (.*) \| (.*) \|$/gm)].map(([, number, , , where]) => ({ number: Number(number), where: where! }))

describe('docs/acceptance.md', () => {
  test('tells of each of the thirty checks once', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
  })

  test.each(rows.flatMap(({ number, where }) => [...where.matchAll(/`((?:test|docs)\/[^`]+)`(?: "([^"]+)")?/g)].map(([, file, name]) => [number, file!, name ?? ''] as const)))('check %i is kept by %s %s', (_, file, name) => {
    expect(existsSync(root + file)).toBe(true)
    if (name !== '') expect(readFileSync(root + file, 'utf8')).toContain(name)
  })
})
