import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync, linkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ulid } from 'ulid'
import { isAlive, thisProcess, type Owner } from './owner.ts'

/** As whom a process takes part in clusters. */
export interface NodeId {
  id: string
  /** Another process may have it. */
  release(): void
}

export interface NodeFileOptions {
  now?: () => number
  /** Which process asks; tests play several. */
  owner?: Owner
}

/** So many processes on one data folder keep their ids; more of them get fresh ones. */
const SLOTS = 16
/** A lock that cannot be read is being written, unless it is older than this, ms. */
const WRITING_MS = 5000

/**
 * The id of this node, the same at every start: a restarted node is the same one to everybody, and a sentinel does not
 * count twice. It lies in `<dataDir>/<kind>.json`, and belongs to one living process at a time: a second one on the same
 * folder gets the next file, `<kind>-2.json`, and so an id of its own that it keeps as well. A folder that cannot be
 * written gives a fresh id each time.
 */
export function claimNodeId(dataDir: string, kind: 'node' | 'sentinel', options: NodeFileOptions = {}): NodeId {
  const now = options.now ?? Date.now
  const owner = options.owner ?? thisProcess(now())
  try {
    mkdirSync(dataDir, { recursive: true })
    for (let slot = 1; slot <= SLOTS; slot += 1) {
      const path = join(dataDir, slot === 1 ? `${kind}.json` : `${kind}-${slot}.json`)
      const lock = `${path}.lock`
      if (take(lock, owner, now())) return { id: idIn(path, now()), release: () => rmSync(lock, { force: true }) }
    }
  } catch {
    // a folder without room or permission: this node is new to everybody at its next start
  }
  return { id: ulid(now()), release: () => undefined }
}

function idIn(path: string, now: number): string {
  const known = read(path) as { id?: unknown } | null
  if (typeof known?.id === 'string' && /^[0-9A-Z]{26}$/.test(known.id)) return known.id
  const id = ulid(now)
  writeFileSync(path, JSON.stringify({ id }))
  return id
}

/** Whether the lock is this process' own from now on. One that a dead process has left is put aside by exactly one successor. */
function take(lock: string, owner: Owner, now: number): boolean {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (create(lock, owner)) return true
    const text = textOf(lock)
    if (text === null) continue // just given back
    if (isHeld(lock, text, now)) return false
    putAside(lock, text)
  }
  return false
}

function create(lock: string, owner: Owner): boolean {
  try {
    writeFileSync(lock, JSON.stringify(owner), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function isHeld(lock: string, text: string, now: number): boolean {
  const owner = parsed(text) as Partial<Owner> | null
  if (typeof owner?.pid !== 'number' || typeof owner.at !== 'number') return now - modifiedAt(lock) < WRITING_MS
  return isAlive({ pid: owner.pid, ticks: owner.ticks ?? null, at: owner.at }, now)
}

/** Renaming succeeds once; whoever finds that it has moved a newer lock than it had read puts it back. */
function putAside(lock: string, stale: string): void {
  const aside = `${lock}.${process.pid}.${Math.random().toString(36).slice(2)}`
  try {
    renameSync(lock, aside)
    if (textOf(aside) !== stale) linkSync(aside, lock)
  } catch {
    // somebody else was faster
  } finally {
    rmSync(aside, { force: true })
  }
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function read(path: string): unknown {
  const text = textOf(path)
  return text === null ? null : parsed(text)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
