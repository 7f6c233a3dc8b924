import { AppError } from '../../shared/errors.ts'
import type { SecretFile } from './secret-file.ts'

/** The keychain of the system, as far as it is needed: what it seals, only this user on this machine can open. */
export interface Cipher {
  /** To a text. Throws where the keychain is locked or gone. */
  seal(text: string): string
  /** Throws for what it has not sealed. */
  open(sealed: string): string
}

/** Secrets in a file that only the system's keychain can open. Throws `store-unavailable` where it cannot be used. */
export class SealedSecrets {
  readonly place = 'keychain'
  readonly #file: SecretFile
  readonly #cipher: Cipher

  constructor(file: SecretFile, cipher: Cipher) {
    this.#file = file
    this.#cipher = cipher
  }

  /** What cannot be opened, as on another machine, counts as not there: it is asked for again. */
  async get(name: string): Promise<string | null> {
    const sealed = await this.#file.get(name)
    if (sealed === null) return null
    try {
      return this.#cipher.open(sealed)
    } catch {
      return null
    }
  }

  async set(name: string, value: string | null): Promise<void> {
    await this.#file.set(name, value === null ? null : this.#seal(value))
  }

  #seal(value: string): string {
    try {
      return this.#cipher.seal(value)
    } catch (cause) {
      throw new AppError('store-unavailable', 'The keychain of this system does not take the secret.', { hint: 'Unlock it, and try again.', cause })
    }
  }
}
