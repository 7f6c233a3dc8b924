import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../../shared/errors.ts'

/** Keeps secrets in a file that only this user may read: for hosts without a keychain. Throws `store-unavailable`. */
export class SecretFile {
  readonly place = 'file'
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  async get(name: string): Promise<string | null> {
    return (await this.#read())[name] ?? null
  }

  /** Null forgets it. */
  async set(name: string, value: string | null): Promise<void> {
    const { [name]: _, ...others } = await this.#read()
    await this.#write(value === null ? others : { ...others, [name]: value })
  }

  /** What cannot be read counts as empty: it is asked for again. */
  async #read(): Promise<Record<string, string>> {
    try {
      return JSON.parse(await readFile(this.#path, 'utf8')) as Record<string, string>
    } catch {
      return {}
    }
  }

  /** Never readable for others, not even for a moment, and never half written. */
  async #write(secrets: Record<string, string>): Promise<void> {
    const fresh = `${this.#path}.new`
    try {
      await mkdir(dirname(this.#path), { recursive: true })
      await writeFile(fresh, JSON.stringify(secrets), { mode: 0o600 })
      await chmod(fresh, 0o600)
      await rename(fresh, this.#path)
    } catch (error) {
      throw new AppError('store-unavailable', `The secret cannot be kept in ${this.#path}.`, { hint: 'Check the rights of that folder and the space on its disk.', cause: error })
    }
  }
}
