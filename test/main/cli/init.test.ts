import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { init } from '../../../src/main/cli/init.ts'
import { taskFileSchema } from '../../../src/shared/task/task-file-schema.ts'
import { parseTaskSpec } from '../../../src/shared/task/task-schema.ts'

const folder = mkdtempSync(join(tmpdir(), 'stampede-init-'))

beforeAll(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
})
afterAll(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

test('names the schema of the task file where an editor finds it', async () => {
  vi.stubEnv('STAMPEDE_DATA_DIR', join(folder, 'of data'))
  expect(await init(join(folder, 'task.yaml'))).toBe(0)
  const text = readFileSync(join(folder, 'task.yaml'), 'utf8')
  const url = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text)?.[1]
  expect(JSON.parse(readFileSync(new URL(url!), 'utf8'))).toEqual(JSON.parse(JSON.stringify(taskFileSchema())))
  expect(parseTaskSpec(parse(text))).toMatchObject({ ok: true, warnings: [] })
})

test('writes the task without that line where the data folder cannot be written', async () => {
  writeFileSync(join(folder, 'in the way'), '')
  vi.stubEnv('STAMPEDE_DATA_DIR', join(folder, 'in the way', 'data'))
  expect(await init(join(folder, 'other.yaml'))).toBe(0)
  expect(readFileSync(join(folder, 'other.yaml'), 'utf8')).toMatch(/^# A Stampede task/)
})

test('never writes over a file', async () => {
  writeFileSync(join(folder, 'mine.yaml'), 'mine')
  await expect(init(join(folder, 'mine.yaml'))).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('already there') })
  expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).toBe('mine')
})
