import { expect, test } from 'vitest'
import type { MasterDriver, WorkNodeDriver } from '../../src/main/kit.ts'
import { AppError, openBackend, registeredNames, registerMasterDriver, registerStrategy, registerWorkDriver, startNode } from '../../src/main/kit.ts'

const never = (): never => {
  throw new Error('not to be made')
}

test('a driver is registered once, by a name that is one, and is listed with those of load tests', () => {
  registerMasterDriver('mine', never)
  registerWorkDriver('mine', never)
  registerStrategy('mine', (nodes) => nodes.map(() => 1))
  expect(registeredNames()).toEqual({ masters: ['mine', 'stress'], workers: ['mine', 'stress'], strategies: ['capacity', 'cores', 'even', 'mine'] })
  const refused = (code: string, message: string) => expect.objectContaining({ name: 'AppError', code, message })
  expect(() => registerMasterDriver('mine', never)).toThrow(refused('conflict', 'A master driver named "mine" is already registered.'))
  expect(() => registerWorkDriver('stress', never)).toThrow(refused('conflict', 'A work driver named "stress" is already registered.'))
  expect(() => registerStrategy(' ', () => [])).toThrow(refused('bad-input', 'A strategy needs a name.'))
})

test('a node with a driver that nobody registered is refused with the names that are known, before anything starts', async () => {
  const backend = await openBackend()
  expect(() => startNode({ backend, drivers: { work: 'chaos' } })).toThrow(expect.objectContaining({ code: 'not-found', hint: expect.stringContaining('stress') }))
  expect(() => startNode({ backend, drivers: { master: 'chaos' } })).toThrow(AppError)
  expect(await backend.cluster.nodes()).toEqual([])
  await backend.close()
})

test('a node of this process alone has drivers of its own making, and leads with a fresh one', async () => {
  const backend = await openBackend()
  const made: string[] = []
  const until = (signal: AbortSignal): Promise<void> => new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())))
  const common = { sendNodeInfo: async () => undefined, tryBeMaster: () => backend.cluster.acquire('n', 0, 't').then((answer) => (answer.acquired ? answer : null)) }
  registerWorkDriver('own', () => ({ ...common, info: { id: 'n', name: 'own' }, run: until, work: until, clusterNow: Date.now, drain: async () => undefined, suspend: () => undefined, resume: () => undefined }) as unknown as WorkNodeDriver)
  registerMasterDriver('own', ({ term }) => {
    made.push(term.lease.nodeId)
    return { ...common, run: until, keepAlive: until, manageNode: until, listenTask: until, distributeTask: until, memory: () => null } satisfies MasterDriver
  })
  const node = startNode({ backend, drivers: { master: 'own', work: 'own' } })
  while (made.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(node.info.name).toBe('own')
  await node.close()
  await backend.close()
})
