import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimNodeId } from '../../../src/main/backend/node-file.ts'
import { thisProcess } from '../../../src/main/backend/owner.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stampede-node-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A process that is gone: nobody has this id, and nobody can get it on Linux (pid_max). */
const GONE = { pid: 2 ** 22 + 1, ticks: 1, at: Date.now() }

test('a node has the same id at every start', () => {
  const first = claimNodeId(folder, 'node')
  first.release()
  expect(claimNodeId(folder, 'node').id).toBe(first.id)
})

test('a second process on the same folder gets another id, which it keeps as well', () => {
  const first = claimNodeId(folder, 'node')
  const second = claimNodeId(folder, 'node')
  expect(second.id).not.toBe(first.id)
  second.release()
  expect(claimNodeId(folder, 'node').id).toBe(second.id)
})

test('what a dead process has left is taken over', () => {
  const { id } = claimNodeId(folder, 'node', { owner: GONE })
  expect(claimNodeId(folder, 'node').id).toBe(id)
})

test('a sentinel and a node on the same folder have ids of their own', () => {
  expect(claimNodeId(folder, 'sentinel').id).not.toBe(claimNodeId(folder, 'node').id)
})

test('a lock that is just being written counts as held; one that stayed half written does not', () => {
  const { id, release } = claimNodeId(folder, 'node')
  release()
  const lock = join(folder, 'node.json.lock')
  writeFileSync(lock, '')
  const other = claimNodeId(folder, 'node')
  expect(other.id).not.toBe(id)
  utimesSync(lock, 0, 0)
  expect(claimNodeId(folder, 'node').id).toBe(id)
})

test('a damaged file is replaced, and a folder that cannot be used still gives an id', () => {
  writeFileSync(join(folder, 'node.json'), '{"id": 7')
  const { id, release } = claimNodeId(folder, 'node')
  release()
  expect(claimNodeId(folder, 'node').id).toBe(id)
  expect(claimNodeId(join(folder, 'node.json', 'below-a-file'), 'node').id).toMatch(/^[0-9A-Z]{26}$/)
})

test('nothing but ids and locks is left behind', () => {
  claimNodeId(folder, 'node', { owner: GONE })
  claimNodeId(folder, 'node', { owner: thisProcess(Date.now()) }).release()
  expect(readdirSync(folder)).toEqual(['node.json'])
})
