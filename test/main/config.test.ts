import { expect, test } from 'vitest'
import { dataDirOf } from '../../src/main/config.ts'

const at = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv = {}): Parameters<typeof dataDirOf>[1] => ({ platform, env, home: '/home/me' })

test('a flag wins over the environment, and the environment over the default', () => {
  expect(dataDirOf('/flag', at('linux', { STAMPEDE_DATA_DIR: '/env' }))).toBe('/flag')
  expect(dataDirOf(undefined, at('linux', { STAMPEDE_DATA_DIR: '/env' }))).toBe('/env')
  expect(dataDirOf('', at('linux', { STAMPEDE_DATA_DIR: '' }))).toBe('/home/me/.local/share/stampede')
})

test('the default folder is where each system keeps application data', () => {
  expect(dataDirOf(undefined, at('linux', { XDG_DATA_HOME: '/xdg' }))).toBe('/xdg/stampede')
  expect(dataDirOf(undefined, at('darwin'))).toBe('/home/me/Library/Application Support/Stampede')
  expect(dataDirOf(undefined, at('win32', { APPDATA: '/roaming' }))).toBe('/roaming/Stampede')
})
