/**
 * Counts the words of many files on many machines. See README.md.
 *
 *   node main.ts node     --redis URL [--name N]   a node that counts and may lead
 *   node main.ts sentinel --redis URL              watches the master
 *   node main.ts count    --redis URL FILE…        leaves a job, waits for its result
 */
import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { AppError, openBackend, startNode, startSentinel, type Backend } from 'stampede'
import { registerWordCount, WORD_COUNT, type Payload, type Result } from './drivers.ts'

const { values, positionals: [role = '', ...files] } = parseArgs({
  allowPositionals: true,
  options: { redis: { type: 'string' }, name: { type: 'string' }, namespace: { type: 'string', default: 'word-count' }, slow: { type: 'string', default: '0' } },
})

try {
  await main()
} catch (error) {
  if (!(error instanceof AppError)) throw error
  console.error([error.message, error.hint].filter(Boolean).join(' '))
  process.exitCode = 1
}

async function main(): Promise<void> {
  const act = { node, sentinel, count }[role]
  if (act === undefined) throw new AppError('bad-input', 'The first word says what to do: node, sentinel or count.')
  await act(await openBackend({ redis: { address: values.redis ?? 'redis://127.0.0.1:6379', namespace: values.namespace, secret: process.env['STAMPEDE_SECRET'] ?? '' } }))
}

function node(backend: Backend): void {
  registerWordCount(Number(values.slow))
  const started = startNode({ backend, drivers: { master: WORD_COUNT, work: WORD_COUNT }, identity: values.name === undefined ? {} : { name: values.name }, onNotice: ({ text }) => console.error(text) })
  console.log(`${started.info.name} joined`)
  stay(started, backend)
}

function sentinel(backend: Backend): void {
  stay(startSentinel({ backend, configured: 3 }), backend)
}

async function count(backend: Backend): Promise<void> {
  const { cluster } = backend
  const id = randomUUID()
  const payload: Payload = { files: files.map((file) => resolve(file)) }
  await cluster.jobs.submit({ id, kind: WORD_COUNT, pieces: files.length, payload })
  const result = await resultOf(cluster, id)
  await cluster.jobs.forget(id)
  await backend.close()
  console.log(JSON.stringify(result))
}

async function resultOf(cluster: Backend['cluster'], id: string): Promise<Result> {
  for (let told = -1; ; ) {
    const found = await cluster.jobs.result(id)
    if (found !== null) return found.value as Result
    const { done = 0 } = (await cluster.jobs.all()).find((job) => job.id === id) ?? {}
    if (done > told) console.error(`${(told = done)} of ${files.length} files`)
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

/** Until Ctrl-C; then hands over what it has. */
function stay(member: { close(): Promise<void> }, backend: Backend): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void member.close().then(() => backend.close()).then(() => process.exit(0)))
}
