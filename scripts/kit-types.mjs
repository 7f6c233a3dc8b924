// The types that come with the driver kit: the declarations that out/main/kit.js is used by, and those that they need.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root, say } from './process.mjs'

const ENTRY = join(root, 'src', 'main', 'kit.ts')
const options = { isolatedDeclarations: true, allowImportingTsExtensions: true, verbatimModuleSyntax: true }

/** Writes them below `out/types`, each where its source is below `src`. Answers whether every one could be made from its source alone. */
export async function writeKitTypes(out) {
  const { default: ts } = await import('typescript')
  const sources = [ENTRY]
  for (const source of sources) {
    const { outputText, diagnostics = [] } = ts.transpileDeclaration(readFileSync(source, 'utf8'), { fileName: source, compilerOptions: { ...options, module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2024 }, reportDiagnostics: true })
    if (diagnostics.length > 0) {
      say(ts.formatDiagnostics(diagnostics, { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => '\n' }))
      return false
    }
    const { importedFiles } = ts.preProcessFile(outputText)
    for (const { fileName } of importedFiles) {
      const imported = join(dirname(source), fileName)
      if (fileName.startsWith('.') && !sources.includes(imported)) sources.push(imported)
    }
    const target = join(out, 'types', relative(join(root, 'src'), source)).replace(/\.ts$/, '.d.ts')
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, outputText)
  }
  return true
}
