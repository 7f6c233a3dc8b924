import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readWindowState, writeWindowState } from '../../../src/main/desktop/window-state.ts'

const LEFT = { x: 0, y: 0, width: 1920, height: 1080 }
const RIGHT = { x: 1920, y: 0, width: 1920, height: 1080 }
const FIRST = { position: null, width: 1440, height: 900, maximized: false }

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stampede-window-'))
  path = join(folder, 'deep', 'window.json')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the window comes back where it was left', () => {
  const state = { position: { x: 2000, y: 50 }, width: 1200, height: 800, maximized: true }
  writeWindowState(path, state)
  expect(readWindowState(path, [LEFT, RIGHT])).toEqual(state)
})

test('a window left on a display that is gone opens where it can be seen', () => {
  writeWindowState(path, { position: { x: 2000, y: 50 }, width: 1200, height: 800, maximized: false })
  expect(readWindowState(path, [LEFT])).toMatchObject({ position: null, width: 1200 })
  writeWindowState(path, { position: { x: 100, y: -500 }, width: 1200, height: 800, maximized: false })
  expect(readWindowState(path, [LEFT]).position).toBeNull()
})

test('the first start, and anything unreadable, opens at the default size', () => {
  expect(readWindowState(path, [LEFT])).toEqual(FIRST)
  for (const text of ['', '{', '[]', '{"position":7,"width":"wide","height":null}']) {
    writeFileSync(join(folder, 'state.json'), text)
    expect(readWindowState(join(folder, 'state.json'), [LEFT])).toEqual(FIRST)
  }
})

test('no window is smaller than its screens need', () => {
  writeWindowState(path, { position: { x: 0, y: 0 }, width: 10, height: 10, maximized: false })
  expect(readWindowState(path, [LEFT])).toMatchObject({ width: 1040, height: 680 })
})

test('a place that cannot be written is forgotten without complaint', () => {
  expect(() => writeWindowState(join('/dev/null', 'window.json'), { ...FIRST })).not.toThrow()
})
