import { readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import type protobuf from 'protobufjs'
import type { Problem } from '../../shared/errors.ts'
import { writeDescriptor } from './write-descriptor.ts'
import type { Protobuf } from './write-descriptor.ts'

/** Bounds on what one task may bring: a whole repository of protos is a few hundred files. */
const MOST_FILES = 1000
const MOST_BYTES = 32 * 1024 * 1024

export type ReadProto = { ok: true; descriptor: string } | { ok: false; problem: Problem }

/**
 * Reads a .proto file and what it imports: a FileDescriptorSet, base64, which travels with the task. What is imported is
 * looked for beside the file that names it, then in `folders`; what protoc brings along is known. A file that nobody finds
 * matters only if a type of it is used: many are there for options alone.
 */
export async function readProto(path: string, folders: readonly string[] = []): Promise<ReadProto> {
  const { default: library } = await import('protobufjs')
  const root = new library.Root()
  const missing: string[] = []
  let bytes = 0
  const done = new Set<string>()
  const known = new Set<string>()
  const waiting: { path: string; name: string; root: string }[] = [{ path: resolve(path), name: basename(path), root: dirname(resolve(path)) }]
  try {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (done.has(next.path)) continue
      done.add(next.path)
      const source = await readFile(next.path, 'utf8')
      bytes += source.length
      if (done.size > MOST_FILES || bytes > MOST_BYTES) return refuse(`${next.name} imports more than ${MOST_FILES} files, or 32 MiB.`, 'Give the .proto file of one service.')
      const { imports = [], weakImports = [] } = parse(library, source, next.name, root)
      for (const name of [...imports, ...weakImports]) {
        const found = known.has(name) ? '' : await find(library, name, [next.root, dirname(next.path), ...folders], root)
        known.add(name)
        if (found === null) missing.push(name)
        else if (found !== '') waiting.push({ path: found, name, root: next.root })
      }
    }
    root.resolveAll()
    return { ok: true, descriptor: writeDescriptor(root, library).toString('base64') }
  } catch (error) {
    const imported = missing.length === 0 ? '' : ` It imports what is not to be found: ${missing.slice(0, 5).join(', ')}.`
    return refuse(`${reasonOf(error, path)}${imported}`, missing.length === 0 ? 'Check the file with protoc.' : 'Name the folders of its imports: --proto-path DIR, or request.protoPath.')
  }
}

function parse(library: Protobuf, source: string, name: string, root: protobuf.Root): protobuf.IParserResult {
  try {
    return library.parse(source, root, { keepCase: true })
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error })
  }
}

/** A path; '' for what is known without a file; null: nowhere. */
async function find(library: Protobuf, name: string, folders: readonly string[], root: protobuf.Root): Promise<string | null> {
  for (const folder of folders) {
    const path = resolve(folder, name)
    if (await isReadable(path)) return path
  }
  const known = library.common.get(name)
  if (known === null) return null
  root.addJSON(known.nested ?? {})
  return ''
}

async function isReadable(path: string): Promise<boolean> {
  return readFile(path).then(() => true, () => false)
}

function reasonOf(error: unknown, path: string): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return `${path} cannot be read: there is no such file.`
  if (code !== undefined) return `${path} cannot be read: ${code === 'EACCES' ? 'no permission' : code === 'EISDIR' ? 'it is a folder' : code}.`
  const message = error instanceof Error ? error.message : String(error)
  return /[.!]$/.test(message) ? message : `${message}.`
}

function refuse(message: string, hint: string): ReadProto {
  return { ok: false, problem: { path: 'request.proto', message, hint } }
}
