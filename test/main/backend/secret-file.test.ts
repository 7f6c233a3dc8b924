import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { SecretFile } from '../../../src/main/backend/secret-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'stampede-secrets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('secrets are kept in a file that only this user may read, and can be forgotten', async () => {
  const path = join(folder, 'deep', 'secrets.json')
  const file = new SecretFile(path)
  expect(await file.get('one')).toBeNull()
  await file.set('one', 'first')
  await file.set('two', 'second')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  await file.set('one', null)
  const again = new SecretFile(path)
  expect([await again.get('one'), await again.get('two')]).toEqual([null, 'second'])
})

test('a damaged file counts as empty', async () => {
  const path = join(folder, 'damaged.json')
  writeFileSync(path, '{"one": "fi')
  const file = new SecretFile(path)
  expect(await file.get('one')).toBeNull()
  await file.set('one', 'again')
  expect(await file.get('one')).toBe('again')
})

test('a folder that cannot be written is told', async () => {
  writeFileSync(join(folder, 'a-file'), '')
  await expect(new SecretFile(join(folder, 'a-file', 'secrets.json')).set('one', 'x')).rejects.toMatchObject({ code: 'store-unavailable' })
})
