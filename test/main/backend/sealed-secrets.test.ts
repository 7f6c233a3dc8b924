import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SealedSecrets, type Cipher } from '../../../src/main/backend/sealed-secrets.ts'
import { SecretFile } from '../../../src/main/backend/secret-file.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stampede-sealed-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A keychain that turns texts round, and knows what it has sealed itself. */
const cipher = (mark: string): Cipher => ({
  seal: (text) => `${mark}:${[...text].reverse().join('')}`,
  open: (sealed) => {
    if (!sealed.startsWith(`${mark}:`)) throw new Error('not sealed here')
    return [...sealed.slice(mark.length + 1)].reverse().join('')
  },
})
const file = (): SecretFile => new SecretFile(join(folder, 'secrets.sealed.json'))

test('a secret comes back as it went in, and is not in the file', async () => {
  const secrets = new SealedSecrets(file(), cipher('me'))
  await secrets.set('cluster-secret', 'long and random')
  expect(await new SealedSecrets(file(), cipher('me')).get('cluster-secret')).toBe('long and random')
  expect(readFileSync(join(folder, 'secrets.sealed.json'), 'utf8')).not.toContain('random')
  await secrets.set('cluster-secret', null)
  expect(await secrets.get('cluster-secret')).toBeNull()
})

test('what another machine has sealed counts as not there', async () => {
  await new SealedSecrets(file(), cipher('another machine')).set('redis-password', 'x')
  expect(await new SealedSecrets(file(), cipher('me')).get('redis-password')).toBeNull()
})

test('a keychain that is locked says so, and keeps what there was', async () => {
  const secrets = new SealedSecrets(file(), cipher('me'))
  await secrets.set('redis-password', 'x')
  const locked = new SealedSecrets(file(), { seal: () => { throw new Error('locked') }, open: () => '' })
  await expect(locked.set('redis-password', 'y')).rejects.toMatchObject({ code: 'store-unavailable', hint: 'Unlock it, and try again.' })
  expect(await secrets.get('redis-password')).toBe('x')
})
