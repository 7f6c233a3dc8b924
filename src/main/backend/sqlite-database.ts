import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { AppError } from '../../shared/errors.ts'
import { MIGRATIONS } from './schema.ts'

type Row = Record<string, unknown>

/** How long a statement waits for another process to finish its write, ms. It blocks this thread. */
const BUSY_MS = 1000

/**
 * One SQLite file, open and of our schema. Durable to the last closed transaction when the process dies, and
 * consistent (not always the last seconds) when the machine does: WAL, synchronous = normal.
 */
export class SqliteDatabase {
  readonly notices: string[] = []
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  /** Throws `store-unavailable` when it cannot be opened or written, `cannot-start` when a newer version made it. */
  constructor(path: string, now: () => number) {
    this.#path = path
    if (path !== ':memory:') prepareFolder(path)
    if (existsSync(marker(path))) this.#setAside(now())
    try {
      this.#database = opened(path)
    } catch (error) {
      if (!isDamage(error)) throw asAppError(error, path)
      this.#setAside(now())
      this.#database = opened(path)
    }
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#guarded(() => this.#statement(sql).all(...values))
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#guarded(() => this.#statement(sql).get(...values))
  }

  /** Answers with the number of rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return this.#guarded(() => Number(this.#statement(sql).run(...values).changes))
  }

  /** All or nothing, and nobody else writes meanwhile. */
  transaction<T>(step: () => T): T {
    this.#guarded(() => this.#database.exec('BEGIN IMMEDIATE'))
    try {
      const value = step()
      this.#guarded(() => this.#database.exec('COMMIT'))
      return value
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK') // some errors have rolled back already
      throw error
    }
  }

  close(): void {
    this.#statements.clear()
    if (this.#database.isOpen) this.#database.close()
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #guarded<T>(step: () => T): T {
    try {
      return step()
    } catch (error) {
      if (isDamage(error)) this.#mark()
      throw asAppError(error, this.#path)
    }
  }

  /** Found damaged while in use: the next start sets the file aside, whatever its first pages look like. */
  #mark(): void {
    if (this.#path === ':memory:' || existsSync(marker(this.#path))) return
    this.notices.push(`${this.#path} is damaged. It is set aside at the next start.`)
    try {
      writeFileSync(marker(this.#path), '')
    } catch {
      // a disk that takes no marker is reported by the failing statement itself
    }
  }

  #setAside(now: number): void {
    const name = `${this.#path}.corrupt-${new Date(now).toISOString().replaceAll(':', '-')}`
    for (const part of ['', '-wal', '-shm']) if (existsSync(this.#path + part)) renameSync(this.#path + part, name + part)
    rmSync(marker(this.#path), { force: true })
    this.notices.push(`The stored tasks and runs could not be read. The damaged file was set aside as ${name}; a new one was begun.`)
  }
}

function marker(path: string): string {
  return `${path}.damaged`
}

function prepareFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch (error) {
    throw asAppError(error, path)
  }
}

/** Tasks hold secrets: what is stored is for this user alone. The files beside it get the rights of the database. */
function keepPrivate(path: string): void {
  if (path === ':memory:') return
  try {
    closeSync(openSync(path, 'a', 0o600))
    chmodSync(path, 0o600)
  } catch {
    // What cannot be written is told by whoever opens it; what belongs to another user keeps the rights it has.
  }
}

function opened(path: string): DatabaseSync {
  keepPrivate(path)
  const database = new DatabaseSync(path, { timeout: BUSY_MS })
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    migrate(database, path)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function migrate(database: DatabaseSync, path: string): void {
  const version = versionOf(database)
  if (version === MIGRATIONS.length) return
  if (version > MIGRATIONS.length) {
    throw new AppError('cannot-start', `${path} was written by a newer version of Stampede (schema ${version}, this one knows ${MIGRATIONS.length}).`, {
      hint: 'Use the newer version, or another data folder.',
    })
  }
  database.exec('BEGIN IMMEDIATE')
  for (const step of MIGRATIONS.slice(versionOf(database))) database.exec(step) // asked again: another process may have been faster
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
  database.exec('COMMIT')
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
}

/** Primary result codes of SQLite, https://www.sqlite.org/rescode.html */
const SENTENCES: Record<number, string> = {
  5: 'another process keeps it locked',
  8: 'it is read-only',
  10: 'reading or writing failed',
  11: 'it is damaged',
  13: 'the disk is full',
  14: 'it cannot be opened',
  26: 'it is not a database',
}

function resultCode(error: unknown): number | null {
  const code = (error as { errcode?: unknown }).errcode
  return typeof code === 'number' ? code & 0xff : null
}

function isDamage(error: unknown): boolean {
  return resultCode(error) === 11 || resultCode(error) === 26
}

function asAppError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error
  const code = resultCode(error)
  const why = (code === null ? undefined : SENTENCES[code]) ?? (error instanceof Error ? error.message : String(error))
  return new AppError('store-unavailable', `The task store ${path} is not available: ${why}.`, { hint: 'Free some space or make the data folder writable.', cause: error })
}
