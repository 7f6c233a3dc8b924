import { Registry } from '../../shared/registry.ts'
import type { MasterDeps, MasterDriver, WorkDeps, WorkNodeDriver } from './driver.ts'
import { StressMasterDriver } from './master/master-driver.ts'
import { strategies, type Strategy } from './strategies.ts'
import { StressWorkDriver } from './work/work-driver.ts'

/** The drivers a node can be given, by name. Registered are factories: every term gets a fresh master driver. */
export interface DriverKit {
  masters: Registry<MasterDeps, MasterDriver>
  workers: Registry<WorkDeps, WorkNodeDriver>
  strategies: Registry<void, Strategy>
}

export const STRESS = 'stress'

/** A kit with the drivers of load testing, registered as `stress`. */
export function stressDrivers(): DriverKit {
  return {
    masters: new Registry<MasterDeps, MasterDriver>('master driver').register(STRESS, (deps) => new StressMasterDriver(deps)),
    workers: new Registry<WorkDeps, WorkNodeDriver>('work driver').register(STRESS, (deps) => new StressWorkDriver(deps)),
    strategies: strategies(),
  }
}
