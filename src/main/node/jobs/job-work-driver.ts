import type { WorkDeps } from '../driver.ts'
import { JobBook } from './job-book.ts'
import type { JobWork } from './job-part.ts'
import { MemberDriver } from '../work/work-driver.ts'

/** Carries jobs in pieces: the node joins, obeys, leaves and comes back as one for load does; `work` says what a piece is. */
export class JobWorkDriver extends MemberDriver {
  constructor(deps: WorkDeps, work: JobWork) {
    super(deps, (hooks) => new JobBook(deps.cluster.jobs, work, hooks))
  }
}
