import { checksOf } from '../../../shared/task/check.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Problem } from '../../../shared/errors.ts'
import { stepTasks } from '../../../shared/task/steps.ts'
import type { StepSpec, TaskSpec } from '../../../shared/task/task.ts'
import { variablesUsed } from '../../../shared/task/template-problems.ts'
import { parseThinkTime } from '../../../shared/task/think-time.ts'
import { SEARCHED_BODY_BYTES } from '../measure/check-predicates.ts'
import { Checks } from '../measure/checks.ts'
import { drawn } from '../request/drawn.ts'
import { JsonReader } from '../json/json-reader.ts'
import type { CompiledRequest } from '../lanes/compiled-request.ts'
import { maskUrl } from '../../../shared/task/masking.ts'
import { compileRequest } from '../request/template.ts'
import type { StepValues, ValueSources } from '../request/variables.ts'
import { compileExtractors } from './extractor.ts'
import type { Extractor } from './extractor.ts'

/** What the steps of a task come to: made once per thread. */
export interface CompiledFlow {
  steps: CompiledStep[]
  /** Names of what is extracted, each once; iterations keep values by place. */
  names: string[]
  /** A jar of cookies per iteration. */
  cookies: boolean
  /** Redirects are followed, here, so that cookies set on the way are kept. */
  follow: boolean
  /** Collected of an answer at most, bytes. */
  maxBodyBytes: number
  maxHeadBytes: number
  /** The step with which iteration n begins. */
  first(n: number): number
  /** The step after another; −1: it was the last one. */
  next(step: number): number
}

export interface CompiledStep {
  name: string
  request: CompiledRequest
  /** The message of a request that is always the same, as binary text. */
  text: string
  checks: Checks
  /** What is taken out of the answer, and into which place. */
  extracts: { extractor: Extractor; place: number }[]
  /** Values that its request is made of, by place. */
  needs: number[]
  /** A check or an extraction looks at more than the status. */
  readsAnswer: boolean
  stopsIteration: boolean
  /** For samples of failures: masked. */
  url: string
  /** Pause after it in iteration n, ms. */
  thinkMs(n: number): number
}

export type FlowSources = Partial<Pick<ValueSources, 'seed' | 'data' | 'token'>>

/** Head fields, cookies among them, may be large: as much as the parsers let pass. */
const WHOLE_HEAD_BYTES = 65_536
/** As `LaneOptions` has it by default. */
const SHORT_HEAD_BYTES = 2048

/**
 * The spec has been through parseTaskSpec and has steps. Throws AppError `bad-input` with every problem of the first step that has any.
 * @param present value of a place in the iteration whose request is being made.
 */
export function compileFlow(spec: TaskSpec & { steps: StepSpec[] }, { seed = 0, ...sources }: FlowSources, present: (place: number) => string): CompiledFlow {
  const names = [...new Set(spec.steps.flatMap(({ extract }) => Object.keys(extract ?? {})))]
  const placeOf = (name: string): number => names.indexOf(name)
  const tasks = stepTasks(spec)
  const steps = spec.steps.map((step, i): CompiledStep => {
    const task = tasks[i]!
    const own = seed ^ Math.imul(i, 0x9e3779b1)
    const values: StepValues = (name) => () => present(placeOf(name))
    const json = new JsonReader()
    const { request, checks, extractors } = inStep(i, () => ({
      request: compileRequest(task, { ...sources, seed: own, step: values }),
      checks: new Checks(checksOf(task), json),
      extractors: compileExtractors(step.extract ?? {}, 'extract', json),
    }))
    return {
      name: step.name,
      request: { ...request, follow: false },
      text: request.wire.toString('latin1'),
      checks,
      extracts: extractors.map((extractor) => ({ extractor, place: placeOf(extractor.name) })),
      needs: [...new Set(variablesUsed({ request: step.request }).flatMap((variable) => (variable.kind === 'step' ? [placeOf(variable.name)] : [])))],
      readsAnswer: checks.needsContent || extractors.length > 0,
      stopsIteration: step.onFailure !== 'continue',
      url: maskUrl(step.request.url),
      thinkMs: pauseOf(step, own ^ 0x7f4a7c15),
    }
  })
  const cookies = spec.cookies !== false
  const readsBodies = steps.some(({ extracts }) => extracts.some(({ extractor }) => extractor.readsBody))
  const readsHeads = cookies || spec.transport.follow || steps.some(({ extracts }) => extracts.length > 0)
  return {
    steps, names, cookies, follow: spec.transport.follow,
    maxBodyBytes: Math.max(readsBodies ? SEARCHED_BODY_BYTES : 0, ...steps.map(({ checks }) => checks.maxBodyBytes)),
    maxHeadBytes: readsHeads ? WHOLE_HEAD_BYTES : SHORT_HEAD_BYTES,
    ...orderOf(spec, seed),
  }
}

function orderOf({ steps, stepOrder }: TaskSpec & { steps: StepSpec[] }, seed: number): Pick<CompiledFlow, 'first' | 'next'> {
  if (stepOrder !== 'weighted') return { first: () => 0, next: (step) => (step + 1 < steps.length ? step + 1 : -1) }
  let sum = 0
  const ends = steps.map(({ weight = 1 }) => (sum += weight))
  return {
    first: (n) => {
      const at = drawn(seed ^ 0x2545f491, n) * sum
      const found = ends.findIndex((end) => at < end)
      return found < 0 ? ends.length - 1 : found
    },
    next: () => -1,
  }
}

/** Drawn by the number of the iteration, so that it pauses the same whoever executes it. */
function pauseOf({ thinkTime }: StepSpec, seed: number): (n: number) => number {
  const { leastMs, mostMs } = parseThinkTime(thinkTime ?? '0s') ?? { leastMs: 0, mostMs: 0 }
  return leastMs === mostMs ? () => leastMs : (n) => leastMs + drawn(seed, n) * (mostMs - leastMs)
}

/** What is wrong with a step is told with its place. */
function inStep<T>(i: number, compile: () => T): T {
  try {
    return compile()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const problems = ((error.problems ?? []) as Problem[]).map((problem) => ({ ...problem, path: `steps[${i}].${problem.path}` }))
    throw new AppError(error.code, error.message, { ...(error.hint === undefined ? {} : { hint: error.hint }), problems, cause: error })
  }
}
