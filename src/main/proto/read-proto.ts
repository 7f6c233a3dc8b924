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

/** A .proto file on its way. `place` tells it from others of the same name. */
interface Source {
  place: string
  name: string
  text: string
}

/** Finds what a file imports; null: nowhere. */
type Find = (name: string, importer: Source) => Promise<Source | null>

/**
 * Reads a .proto file and what it imports: a FileDescriptorSet, base64, which travels with the task. What is imported is
 * looked for beside the first file and the one that names it, then in `folders`; what protoc brings along is known. A file
 * that nobody finds matters only if a type of it is used: many are there for options alone.
 */
export async function readProto(path: string, folders: readonly string[] = []): Promise<ReadProto> {
  const first = resolve(path)
  try {
    const source = { place: first, name: basename(path), text: await readFile(first, 'utf8') }
    return await describe([source], async (name, importer) => fileIn([dirname(first), dirname(importer.place), ...folders], name), 'Name the folders of its imports: --proto-path DIR, or request.protoPath.')
  } catch (error) {
    return refuse(reasonOf(error, path), 'Check the path.')
  }
}

/** The same of files whose texts are at hand: all of them, whichever names the service. Imports are found by the end of their names. */
export async function readProtoTexts(files: readonly { name: string; text: string }[]): Promise<ReadProto> {
  const sources = files.map(({ name, text }) => ({ place: name, name, text }))
  return describe(sources, async (name) => sources.find((source) => name === source.name || name.endsWith(`/${source.name}`) || source.name.endsWith(`/${name}`)) ?? null, 'Choose the files that it imports as well.')
}

async function describe(sources: readonly Source[], find: Find, cure: string): Promise<ReadProto> {
  const { default: library } = await import('protobufjs')
  const root = new library.Root()
  const missing: string[] = []
  const done = new Set<string>()
  const known = new Set<string>()
  const waiting = [...sources]
  let bytes = 0
  try {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (done.has(next.place)) continue
      done.add(next.place)
      bytes += next.text.length
      if (done.size > MOST_FILES || bytes > MOST_BYTES) return refuse(`${next.name} imports more than ${MOST_FILES} files, or 32 MiB.`, 'Give the .proto file of one service.')
      const { imports = [], weakImports = [] } = parse(library, next, root)
      for (const name of [...imports, ...weakImports]) {
        if (known.has(name)) continue
        known.add(name)
        const found = await find(name, next)
        if (found !== null) waiting.push(found)
        else if (!addCommon(library, name, root)) missing.push(name)
      }
    }
    root.resolveAll()
    return { ok: true, descriptor: writeDescriptor(root, library).toString('base64') }
  } catch (error) {
    const imported = missing.length === 0 ? '' : ` It imports what is not to be found: ${missing.slice(0, 5).join(', ')}.`
    return refuse(`${sentence(error)}${imported}`, missing.length === 0 ? 'Check the file with protoc.' : cure)
  }
}

function parse(library: Protobuf, { text, name }: Source, root: protobuf.Root): protobuf.IParserResult {
  try {
    return library.parse(text, root, { keepCase: true })
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error })
  }
}

/** What protoc brings along. False: it is none of that. */
function addCommon(library: Protobuf, name: string, root: protobuf.Root): boolean {
  const known = library.common.get(name)
  if (known !== null) root.addJSON(known.nested ?? {})
  return known !== null
}

async function fileIn(folders: readonly string[], name: string): Promise<Source | null> {
  for (const folder of folders) {
    const place = resolve(folder, name)
    const text = await readFile(place, 'utf8').catch(() => null)
    if (text !== null) return { place, name, text }
  }
  return null
}

function reasonOf(error: unknown, path: string): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return `${path} cannot be read: there is no such file.`
  if (code !== undefined) return `${path} cannot be read: ${code === 'EACCES' ? 'no permission' : code === 'EISDIR' ? 'it is a folder' : code}.`
  return sentence(error)
}

function sentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return /[.!]$/.test(message) ? message : `${message}.`
}

function refuse(message: string, hint: string): ReadProto {
  return { ok: false, problem: { path: 'request.proto', message, hint } }
}
