import { Histogram, readCells, type Cells } from './histogram.ts'
import type { StepTally, Tally } from './sample.ts'

/** What one step did altogether. */
export interface StepTotal {
  requests: number
  failed: number
  readonly response: Histogram
  readonly service: Histogram
}

/** A tally with its histograms read. */
export type ReadStep = Pick<StepTally, 'requests' | 'failed'> & { response: Cells; service: Cells }

/** Throws AppError `bad-input` for a damaged histogram. */
export function readSteps(steps: readonly StepTally[] | undefined): ReadStep[] {
  return (steps ?? []).map(({ requests, failed, response, service }) => ({ requests, failed, response: readCells(response), service: readCells(service) }))
}

/** Adds what each step did to its total, in their order; totals that are not there yet are made. */
export function addSteps(to: StepTotal[], steps: readonly ReadStep[]): void {
  steps.forEach(({ requests, failed, response, service }, place) => {
    const total = (to[place] ??= { requests: 0, failed: 0, response: new Histogram(), service: new Histogram() })
    total.requests += requests
    total.failed += failed
    total.response.mergeCells(response)
    total.service.mergeCells(service)
  })
}

/** Totals as tallies have them; nothing where there are no steps. */
export function encodedSteps(steps: readonly StepTotal[]): Pick<Tally, 'steps'> {
  return steps.length === 0 ? {} : { steps: steps.map(({ requests, failed, response, service }) => ({ requests, failed, response: response.encode(), service: service.encode() })) }
}

/** Nothing done; the histograms stay, as making them costs more than filling them. */
export function clearSteps(steps: readonly StepTotal[]): void {
  for (const step of steps) {
    step.requests = step.failed = 0
    step.response.clear()
    step.service.clear()
  }
}
