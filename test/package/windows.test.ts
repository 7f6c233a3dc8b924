import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pack, type Packed } from './packed.ts'

let packed: Packed

beforeAll(() => {
  packed = pack('win')
})
afterAll(() => packed.remove())

test('the package for Windows holds the product and its command', () => {
  expect(packed.files).toEqual(expect.arrayContaining(['/package.json', '/out/main/index.js', '/out/main/cli.js', '/out/preload/index.cjs', '/out/renderer/index.html']))
  expect(packed.files.filter((path) => path.includes('node_modules') || path.endsWith('.map'))).toEqual([])
})

test('the command lets the terminal run the program as Node, in lines that cmd.exe reads', () => {
  const command = readFileSync(join(packed.folder, 'resources', 'bin', 'stampede.cmd'), 'utf8')
  expect(command).toContain('set ELECTRON_RUN_AS_NODE=1\r\n"%program%" "%~dp0..\\app.asar\\out\\main\\cli.js" %*')
  expect(command.split('\n').every((line) => line === '' || line.endsWith('\r'))).toBe(true)
})
