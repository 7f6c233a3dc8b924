// The gates behind `npm test`: lint, both type checks, then the tests. The last line is `N passed, N failed`.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { child, modernNode, quietChild, root, say } from './process.mjs'
import { haveTestTools } from './ready.mjs'

const modules = join(root, 'node_modules')
const eslint = [join(modules, 'eslint', 'bin', 'eslint.js'), '--cache', '--cache-location', join(modules, '.cache', 'eslint/'), '--max-warnings', '0', '.']
const typeCheck = (project) => [join(modules, 'vue-tsc', 'bin', 'vue-tsc.js'), '--noEmit', '-p', project]

/** Every gate, also after one has failed: whoever reads the log sees all that is wrong. Resolves with the exit code. */
export async function testEverything() {
  const failedGates = await staticGates()
  return runTests([], failedGates)
}

/** Only the tests that vitest's own arguments select, without the other gates. */
export function testSome(args) {
  return runTests(args, 0)
}

/** Lint beside the type checks: two processes for the two cores that the smallest machine has. */
async function staticGates() {
  const types = async () => [
    await gate('Types (main, preload, tests)', typeCheck('tsconfig.node.json')),
    await gate('Types (renderer)', typeCheck('tsconfig.web.json')),
  ]
  const results = await Promise.all([gate('Lint', eslint), types()])
  return results.flat().filter((passed) => !passed).length
}

async function gate(name, args) {
  const { code, said } = await quietChild(modernNode(), args)
  say(`${name}: ${code === 0 ? 'passed' : 'FAILED'}`)
  if (said.trim() !== '') process.stderr.write(said.trimEnd() + '\n')
  return code === 0
}

async function runTests(args, failedGates) {
  if (!haveTestTools()) return conclude({ passed: 0, failed: failedGates + 1 })
  const report = join(modules, '.cache', 'vitest.json')
  mkdirSync(join(modules, '.cache'), { recursive: true })
  rmSync(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  // The locked Node first, for every program that a test starts by the name "node".
  const PATH = [join(modules, '.bin'), process.env.PATH ?? '', '/usr/sbin'].join(delimiter)
  const code = await child(modernNode(), [join(modules, 'vitest', 'vitest.mjs'), 'run', ...reporters, ...args], { cwd: root, env: { ...process.env, PATH } })
  const { passed, failed } = countsOf(report)
  // A file that does not load, or an error outside any test, fails the run without failing a test.
  return conclude({ passed, failed: failedGates + Math.max(failed, code === 0 ? 0 : 1) })
}

function countsOf(report) {
  if (!existsSync(report)) return { passed: 0, failed: 0 }
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
  return { passed: numPassedTests, failed: numFailedTests }
}

/** Prints the line that a script reads; answers with the exit code. */
export function conclude({ passed, failed }) {
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}
