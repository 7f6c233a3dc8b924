import { afterEach, beforeEach, expect, test } from 'vitest'
import type { MasterDeps, MasterDriver } from '../../../src/main/node/driver.ts'
import { stressDrivers } from '../../../src/main/node/drivers.ts'
import { until, World } from './world.ts'

let world: World
beforeEach(() => {
  world = new World()
})
afterEach(() => world.close())

/** A master that only notes its terms and holds on to them. */
class IdleMaster implements MasterDriver {
  readonly #deps: MasterDeps
  constructor(deps: MasterDeps) {
    this.#deps = deps
  }
  async run(signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
  }
  keepAlive = () => this.#deps.term.renew()
  sendNodeInfo = () => this.#deps.workDriver.sendNodeInfo()
  tryBeMaster = (remembered: number) => this.#deps.workDriver.tryBeMaster(remembered)
  manageNode = async () => undefined
  listenTask = async () => undefined
  distributeTask = async () => undefined
  memory = () => null
}

test('a node with a driver of somebody else’s making gets a fresh one for each term', async () => {
  const made: IdleMaster[] = []
  const kit = stressDrivers()
  kit.masters.register('idle', (deps) => {
    made.push(new IdleMaster(deps))
    return made.at(-1)!
  })
  world.node('a', { drivers: { kit, master: 'idle' } })
  await until(() => made.length === 1)
  await world.cluster.release((await world.cluster.master())!)
  await made[0]!.keepAlive()
  await until(() => made.length === 2)
  expect(made[0]).not.toBe(made[1])
})

test('a driver or strategy that nobody registered is refused at once, with the names that are known', () => {
  expect(() => world.node('a', { drivers: { master: 'chaos' } })).toThrow('There is no master driver named "chaos".')
  expect(() => world.node('a', { drivers: { work: 'chaos' } })).toThrow(expect.objectContaining({ hint: 'Known: stress.' }))
  expect(() => world.node('a', { drivers: { strategy: 'chaos' } })).toThrow(expect.objectContaining({ hint: 'Known: capacity, cores, even.' }))
})
