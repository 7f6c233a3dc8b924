import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

/** Import directions of ARCHITECTURE.md, read from the sources. `type`: only its types may be imported. */
const MAY_IMPORT: Record<string, Record<string, 'all' | 'type'>> = {
  shared: {},
  data: { shared: 'all' },
  proto: { shared: 'all' },
  engine: { shared: 'all', data: 'all', proto: 'all' },
  backend: { shared: 'all' },
  system: { shared: 'all' },
  node: { shared: 'all', backend: 'type', engine: 'type' },
  api: { shared: 'all', backend: 'type' },
  imports: { shared: 'all' },
  report: { shared: 'all' },
  demo: { shared: 'all' },
  config: { shared: 'all' },
  ahead: { engine: 'all' },
  kit: { shared: 'all', engine: 'all', backend: 'all', system: 'all', node: 'all', config: 'all' },
  app: { shared: 'all', proto: 'all', engine: 'all', backend: 'all', system: 'all', node: 'all', api: 'all', imports: 'all', report: 'all', demo: 'all', config: 'all' },
  desktop: { shared: 'all', app: 'all', api: 'all', config: 'all' },
  cli: { shared: 'all', data: 'all', proto: 'all', ahead: 'all', app: 'all', api: 'all', config: 'all', imports: 'all', report: 'all', demo: 'all' },
  preload: { shared: 'all' },
  renderer: { shared: 'all' },
}

/** Rooms whose packages are a closed list; the others may use any. */
const PACKAGES: Record<string, string[]> = {
  shared: ['zod', 'fastest-levenshtein'],
  preload: ['electron'],
}

const source = fileURLToPath(new URL('../src/', import.meta.url))

interface Import {
  from: string
  /** Path below src, or the name of a package. */
  to: string
  local: boolean
  typeOnly: boolean
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|vue)$/.test(path) && !path.endsWith('.d.ts'))
  .map((path) => path.split(sep).join('/'))
const imports = files.flatMap(importsOf)

describe('the sources', () => {
  test('import only in the directions of the architecture', () => {
    const wrong = imports.filter(({ from, to, local, typeOnly }) => local && !allowed(roomOf(from), roomOf(to), typeOnly))
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })

  test('know electron only in the desktop, the entry and the preload', () => {
    const wrong = imports.filter(({ from, to }) => to === 'electron' && !['desktop', 'preload'].includes(roomOf(from)))
    expect(wrong.map(({ from }) => from)).toEqual([])
  })

  test('keep the shared language free of I/O and the renderer free of Node', () => {
    const wrong = imports.filter(({ from, to, local }) => !local && (!(PACKAGES[roomOf(from)]?.includes(to) ?? true) || (roomOf(from) === 'renderer' && to.startsWith('node:'))))
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })

  test('of the shared language look one way, from room to room', () => {
    const wrong = imports.filter(({ from, to, local }) => local && sharedRoom(from) !== null && SHARED_ROOMS.indexOf(sharedRoom(to) ?? '') > SHARED_ROOMS.indexOf(sharedRoom(from) ?? ''))
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
    expect(files.map(sharedRoom).filter((room) => room !== null && !SHARED_ROOMS.includes(room))).toEqual([])
  })

  test('have no import cycles', () => {
    expect(cyclesIn(imports.filter(({ local }) => local))).toEqual([])
  })
})

/** Rooms of the shared language, each of which may know those before it; '' is what stands beside them. */
const SHARED_ROOMS = ['', 'locales', 'task', 'results', 'cluster', 'charts', 'compare', 'contract']

/** `shared/task/load.ts` → task; `shared/errors.ts` → ''; null for what is not shared. */
function sharedRoom(path: string): string | null {
  const [side, ...rest] = path.split('/')
  if (side !== 'shared') return null
  return rest.length > 1 ? (rest[0] ?? '') : ''
}

function allowed(from: string, to: string, typeOnly: boolean): boolean {
  if (from === to) return true
  const right = MAY_IMPORT[from]?.[to]
  return right === 'all' || (right === 'type' && typeOnly)
}

/** Single files of main that belong to a room by another name. */
const ROOM_OF_FILE: Record<string, string> = { index: 'desktop', version: 'config' }

/** `main/engine/lanes/lane.ts` → engine; `main/cli.ts` → cli. */
function roomOf(path: string): string {
  const [side = '', second = ''] = path.split('/')
  if (side !== 'main') return side
  const room = second.replace(/\.ts$/, '')
  return ROOM_OF_FILE[room] ?? room
}

function importsOf(path: string): Import[] {
  const text = readFileSync(join(source, path), 'utf8')
  const code = path.endsWith('.vue') ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n') : text
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return
    const to = specifier.text.startsWith('.') ? relative(source, join(source, dirname(path), specifier.text)).split(sep).join('/') : specifier.text
    const local = to !== specifier.text && !to.startsWith('../')
    found.push({ from: path, to, local, typeOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause))
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, code, ts.ScriptTarget.Latest))
  return found
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const names = clause.namedBindings
  return clause.name === undefined && names !== undefined && ts.isNamedImports(names) && names.elements.every((element) => element.isTypeOnly)
}

/** Depth first; each cycle is told once, as the path that closes it. */
function cyclesIn(edges: Import[]): string[] {
  const next = Map.groupBy(edges, ({ from }) => from)
  const done = new Set<string>()
  const cycles: string[] = []
  const walk = (path: string, trail: string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (trail.includes(path) || done.has(path)) return
    for (const { to } of next.get(path) ?? []) walk(to, [...trail, path])
    done.add(path)
  }
  for (const path of next.keys()) walk(path, [])
  return cycles
}
