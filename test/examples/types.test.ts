import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stampede-types-'))
  const library = join(folder, 'node_modules', 'stampede')
  mkdirSync(library, { recursive: true })
  cpSync(join(root, 'package.json'), join(library, 'package.json'))
  cpSync(join(root, 'out', 'types'), join(library, 'out', 'types'), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As a project of somebody else's, that has nothing but this library, checks it. */
function complaintsAbout(source: string): string[] {
  const file = join(folder, 'theirs.mts')
  writeFileSync(file, source)
  const program = ts.createProgram([file], { strict: true, noEmit: true, skipLibCheck: false, types: [], lib: ['lib.es2024.d.ts', 'lib.dom.d.ts'], target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext })
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

const USE = `
import { JobMasterDriver, JobWorkDriver, openBackend, registerMasterDriver, registerStrategy, registerWorkDriver, startNode, startSentinel, type MasterDriver, type Strategy } from 'stampede'
const lazy: Strategy = (nodes) => nodes.map(({ cpuPercent }) => 100 - cpuPercent)
registerStrategy('lazy', lazy)
registerWorkDriver('squares', (deps) => new JobWorkDriver(deps, { kind: 'squares', doPiece: async (_job, piece) => piece ** 2 }))
registerMasterDriver('squares', (deps): MasterDriver => new JobMasterDriver(deps, { kind: 'squares', conclude: (_job, outcomes) => outcomes.length }))
const backend = await openBackend({ redis: { address: 'redis://127.0.0.1', namespace: 'mine', secret: 's' } })
const node = startNode({ backend, drivers: { master: 'squares', work: 'squares', strategy: 'lazy' }, identity: { name: 'one' } })
startSentinel({ backend, configured: 3 })
await node.close()
export {}
`

test('the kit’s types stand on their own in somebody else’s project, and bite', () => {
  expect(complaintsAbout(USE)).toEqual([])
  expect(complaintsAbout(USE.replace("configured: 3", "configured: 'three'"))).toEqual([expect.stringContaining("'string' is not assignable to type 'number'")])
})
