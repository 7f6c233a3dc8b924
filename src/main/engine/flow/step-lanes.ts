import { parseExtraction } from '../../../shared/task/extraction.ts'
import { stepTasks } from '../../../shared/task/steps.ts'
import type { StepSpec, TaskSpec } from '../../../shared/task/task.ts'
import { asksForCompression } from '../lane-choice.ts'
import { decideLane } from '../lane-decision.ts'
import type { CompiledRequest } from '../lanes/compiled-request.ts'
import type { LaneChoice, LaneName } from '../plan.ts'
import { compileFlow } from './compiled-flow.ts'

/** Which lane carries each step, and what the user is told about it. */
export interface StepLanes {
  choice: LaneChoice
  steps: LaneName[]
}

/**
 * Decides once per task: one lane for each target, so that the steps to it share connections. Where one step needs the
 * costlier lane, the others to the same target take it, too. Throws AppError `bad-input` as {@link compileFlow}.
 */
export async function decideStepLanes(spec: TaskSpec & { steps: StepSpec[] }): Promise<StepLanes> {
  const requests = compileFlow(spec, {}, () => '').steps.map(({ request }) => request)
  const chosen = await Promise.all(stepTasks(spec).map((task, i) => choose(task, spec.steps[i]!, requests, i)))
  const decided = requests.map((request, i) => {
    const together = chosen.filter((_, j) => originOf(requests[j]!) === originOf(request))
    return together.find(({ lane }) => lane === 'undici') ?? chosen[requests.findIndex((other) => originOf(other) === originOf(request))] ?? chosen[i]!
  })
  const [first = chosen[0]!] = decided
  const others = [...new Set(decided.filter(({ lane }) => lane !== first.lane).map(({ lane, reason }) => `${lane} for other targets: ${reason}`))]
  return { choice: { lane: first.lane, reason: [first.reason, ...others].join('; ') }, steps: decided.map(({ lane }) => lane) }
}

/** Where connections lead: steps that agree in this share them. */
export function originOf({ secure, host, port }: Pick<CompiledRequest, 'secure' | 'host' | 'port'>): string {
  return `${secure ? 'https' : 'http'}://${host}:${port}`
}

/** The first step to a target asks its server; the others go by what it says. */
async function choose(task: TaskSpec, step: StepSpec, requests: readonly CompiledRequest[], i: number): Promise<LaneChoice> {
  if (asksForCompression(task) && readsBody(step)) return { lane: 'undici', reason: 'a step extracts from a body that may come compressed (Accept-Encoding is sent)' }
  const isFirst = requests.findIndex((request) => originOf(request) === originOf(requests[i]!)) === i
  return decideLane(isFirst ? task : { ...task, transport: { ...task.transport, protocol: task.transport.protocol === 'auto' ? 'http1' : task.transport.protocol } }, requests[i]!)
}

function readsBody({ extract }: StepSpec): boolean {
  return Object.values(extract ?? {}).some((expression) => {
    const parsed = parseExtraction(expression)
    return parsed.ok && (parsed.extraction.source === 'json' || parsed.extraction.source === 'body')
  })
}
