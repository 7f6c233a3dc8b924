import { safeStorage } from 'electron'
import type { Cipher } from '../app.ts'

/**
 * The keychain of the system; null where there is none, as on a Linux without a keyring, whose "basic text" is no secret.
 * Only after the app is ready.
 */
export function keychain(): Cipher | null {
  if (!safeStorage.isEncryptionAvailable()) return null
  if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text') return null
  return {
    seal: (text) => safeStorage.encryptString(text).toString('base64'),
    open: (sealed) => safeStorage.decryptString(Buffer.from(sealed, 'base64')),
  }
}
