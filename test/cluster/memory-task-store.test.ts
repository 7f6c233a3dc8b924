import { describeTaskStore } from '../contract/task-store.contract.ts'
import { MemoryTaskStore } from './memory-task-store.ts'

describeTaskStore('the simulation’s memory', async () => {
  let now = 1_700_000_000_000
  const store = new MemoryTaskStore(() => now)
  return { store, pass: (ms) => void (now += ms), close: () => store.close() }
})
