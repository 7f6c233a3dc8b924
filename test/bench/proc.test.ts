import { expect, test } from 'vitest'
import { childrenOf, parseMachineTimes, parseMemory, parseOpenFiles, parseProcessCpu, treeCpu } from '../../bench/proc.ts'

test('the machine is busy with everything but waiting, and stolen time is apart', () => {
  const text = 'cpu  100 20 300 5000 40 5 75 60 0 0\ncpu0 50 10 150 2500 20 2 37 30 0 0\n'
  expect(parseMachineTimes(text)).toEqual({ busy: 5, steal: 0.6 })
})

test('CPU of a process, its ended children included, is found behind a name with blanks and brackets', () => {
  expect(parseProcessCpu('4711 (a (b) c) S 1 4711 4711 0 -1 4194560 100 0 0 0 250 50 70 30 20 0 11 0 123 0 0')).toBe(4)
})

test('memory is told in MB, and what is not there is no number', () => {
  const text = 'Name:\tnode\nVmHWM:\t  112640 kB\nVmRSS:\t   71680 kB\n'
  expect(parseMemory(text, 'VmRSS')).toBe(70)
  expect(parseMemory(text, 'VmHWM')).toBe(110)
  expect(parseMemory('Name:\tkthreadd\n', 'VmRSS')).toBeNaN()
})

test('the bound of open files is the soft one', () => {
  expect(parseOpenFiles('Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 20000                files\n')).toBe(1024)
  expect(parseOpenFiles('Max open files            unlimited            unlimited            files\n')).toBe(Infinity)
})

test.runIf(process.platform === 'linux')('our own process has used CPU, and one that is not there has no children', () => {
  expect(treeCpu(process.pid)).toBeGreaterThan(0)
  expect(childrenOf(2 ** 30)).toEqual([])
})
