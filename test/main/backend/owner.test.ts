import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isAlive, thisProcess } from '../../../src/main/backend/owner.ts'

test('a process counts as alive as long as it lives', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  await once(child, 'spawn')
  const owner = { pid: child.pid!, ticks: null, at: Date.now() }
  expect(isAlive(owner, Date.now())).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(isAlive(owner, Date.now())).toBe(false)
})

test('this process is its own owner, and not that of a former process with its id', () => {
  const owner = thisProcess(Date.now())
  expect(isAlive(owner, Date.now())).toBe(true)
  if (owner.ticks !== null) expect(isAlive({ ...owner, ticks: owner.ticks - 1 }, Date.now())).toBe(false)
})

test('where the system does not tell when a process started, one recorded before the machine did is dead', () => {
  expect(isAlive({ pid: process.pid, ticks: null, at: 0 }, Date.now())).toBe(false)
  expect(isAlive({ pid: process.pid, ticks: null, at: Date.now() }, Date.now())).toBe(true)
})
