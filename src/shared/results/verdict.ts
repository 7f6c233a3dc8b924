import { count, elapsed, latency, percent, rate } from '../format.ts'
import { coveredMs, type HealthRange } from './health-ranges.ts'
import { OWN_FAULTS } from '../errors.ts'
import type { RunTotals } from './run.ts'
import type { ErrorGroup, ThresholdResult, Verdict } from './summary.ts'
import type { Sentence } from '../locales/sentence.ts'

/** What a run is judged by: the same figures that are shown. */
export interface Evidence {
  totals: RunTotals
  /** Requests waiting for a connection now. */
  queued: number
  thresholds: readonly ThresholdResult[]
  errors: readonly ErrorGroup[]
  /** Responses of any status. */
  responses: number
  /** Problems of the generators; `node` is the name to show. */
  health: readonly HealthRange[]
  /** The judged part of the run: after the warm-up, up to now or the end, ms of the run. */
  fromMs: number
  toMs: number
  /** Iterations that were due and that no node executed, and why. */
  lost: Lost
  /** Iterations sent beyond those that were due. */
  overload: number
  /** It was stopped as more failed than the node that led it lets go on: of the last seconds, 0 … 1; null: it was not. */
  errorLimit: { errorRate: number; limit: number } | null
  /** What does not add up in the ledger; null when it balances, and while the run goes on. */
  imbalance: string | null
}

export interface Lost {
  count: number
  /** Nodes that were lost, by name. */
  nodes: readonly string[]
  /** The nodes may not send as much as was asked for. */
  capped: boolean
}

export type Tone = 'ok' | 'bad' | 'warn' | 'pending' | 'plain'

export interface Judged {
  verdict: Verdict
  sentence: Sentence
  tone: Tone
}

/** Below this part of its target rate a run is said to have fallen short. */
const SHORT_OF_TARGET = 0.95
/** Shorter trouble of a generator is shown and does not spoil. */
const LASTING_MS = 3000
/** From this part of the run on its own problems spoil a result. */
const SPOILT = 0.05
/** Lost nodes that are named; more are counted. */
const MOST_NAMES = 3

/**
 * The result of a run that has ended, in the order in which things make others meaningless: counts that do not add up,
 * load that was not what was asked for, a generator that gave way, a target that never answered, too many failures to
 * go on, thresholds.
 * @param allowSaturated judges although the generator gave way.
 * @param stopped ended by the user before its time.
 */
export function verdictOf(evidence: Evidence, options: { allowSaturated?: boolean; stopped?: boolean } = {}): Judged {
  const { imbalance, thresholds } = evidence
  if (imbalance !== null) return untrusted(sentence('verdict.imbalance', { what: imbalance }))
  const amiss = notAsAsked('verdict', evidence)
  if (amiss !== null) return untrusted(amiss)
  const spoilt = options.allowSaturated === true ? null : spoiling(evidence)
  const unanswered = noAnswer(evidence)
  if (spoilt !== null && (unanswered === null || ownFault(evidence))) return untrusted(spoilt)
  const { errorLimit } = evidence
  if (unanswered !== null) return { verdict: thresholds.length > 0 || errorLimit !== null ? 'failed' : 'no-thresholds', sentence: unanswered, tone: 'bad' }
  if (errorLimit !== null) return { verdict: 'failed', sentence: sentence('verdict.error-limit', { at: elapsed(evidence.toMs), errors: percent(errorLimit.errorRate), limit: percent(errorLimit.limit) }), tone: 'bad' }
  if (thresholds.length === 0) return { verdict: 'no-thresholds', sentence: doneSentence(evidence, options.stopped === true), tone: isBound(evidence) ? 'warn' : 'plain' }
  if (thresholds.some(({ ok }) => !ok)) return { verdict: 'failed', sentence: failedSentence(evidence), tone: 'bad' }
  return isBound(evidence) ? { verdict: 'passed', sentence: bound('verdict.passed.bound', evidence), tone: 'warn' } : { verdict: 'passed', sentence: passing('verdict.passed', thresholds), tone: 'ok' }
}

/** The verdict line while the run goes on. `toMs` at or before `fromMs`: still warming up. */
export function liveVerdict(evidence: Evidence): { sentence: Sentence; tone: Tone } {
  const { thresholds, health, fromMs, toMs, totals } = evidence
  if (toMs <= fromMs) return { sentence: fromMs > 0 ? sentence('verdict.warming-up', { until: elapsed(fromMs) }) : sentence('verdict.starting', {}), tone: 'pending' }
  const amiss = notAsAsked('live', evidence)
  if (amiss !== null) return { sentence: amiss, tone: 'warn' }
  const worst = worstOf(health, fromMs, toMs)
  if (worst !== null && spoiling(evidence) !== null) return { sentence: sentence('live.generator', { node: worst.node, detail: worst.detail }), tone: 'warn' }
  if (evidence.responses === 0 && totals.failed > 0) return { sentence: sentence('live.unanswered', { message: evidence.errors[0]?.message ?? '–' }), tone: 'bad' }
  const failing = thresholds.find(({ ok }) => !ok)
  if (failing !== undefined) return { sentence: sentence('live.failing', { ...shown(failing), since: elapsed(failing.failingSinceMs) }), tone: 'bad' }
  if (isBound(evidence)) return { sentence: bound('live.bound', evidence), tone: 'warn' }
  return thresholds.length === 0 ? { sentence: sentence('live.running', {}), tone: 'plain' } : { sentence: passing('live.passing', thresholds), tone: 'ok' }
}

/** More was sent than the target, or more than 5 % of it never was. */
function notAsAsked(when: 'verdict' | 'live', { lost, overload, totals }: Evidence): Sentence | null {
  if (overload > 0) return sentence(`${when}.overload`, { n: count(overload) })
  if (totals.planned === 0 || lost.count <= SPOILT * totals.planned) return null
  const figures = { part: percent(lost.count / totals.planned), n: count(lost.count) }
  if (lost.nodes.length > 0) return sentence(`${when}.lost.nodes`, { ...figures, nodes: namesOf(lost.nodes) })
  return sentence(lost.capped ? `${when}.lost.caps` : `${when}.lost`, figures)
}

function namesOf(nodes: readonly string[]): string {
  const more = nodes.length - MOST_NAMES
  return [...nodes.slice(0, MOST_NAMES), ...(more > 0 ? [`+${more}`] : [])].join(', ')
}

/** Did trouble that lasted spoil more than 5 % of the run, and at least a second? */
export function gaveWay(health: readonly HealthRange[], fromMs: number, toMs: number): boolean {
  const covered = coveredMs(lasting(health, toMs - fromMs), fromMs, toMs)
  return covered >= 1000 && covered > SPOILT * (toMs - fromMs)
}

/** Which node spoilt the result, and how; null when the generators were well enough. */
function spoiling({ health, fromMs, toMs }: Evidence): Sentence | null {
  const worst = worstOf(lasting(health, toMs - fromMs), fromMs, toMs)
  if (worst === null || !gaveWay(health, fromMs, toMs)) return null
  return sentence(`verdict.generator.${worst.kind}`, { node: worst.node, seconds: Math.round(worst.coveredMs / 1000), total: Math.ceil((toMs - fromMs) / 1000) })
}

/**
 * Stretches that count: a hiccup of a second is shown, but only 3 s without a break spoil (`ux.md` §4.3), or a whole run
 * that is shorter. Running out of ports or sockets counts at once: each such request never left.
 */
function lasting(health: readonly HealthRange[], runMs: number): HealthRange[] {
  return health.filter(({ kind, atMs, untilMs }) => kind === 'ports' || kind === 'sockets' || untilMs - atMs >= Math.min(LASTING_MS, runMs))
}

/** The node and kind of problem that lasted longest. */
function worstOf(health: readonly HealthRange[], fromMs: number, toMs: number): (HealthRange & { coveredMs: number }) | null {
  const groups = Map.groupBy(health, ({ node, kind }) => `${kind} ${node}`)
  const worst = [...groups.values()].map((ranges) => ({ ...ranges.at(-1)!, coveredMs: coveredMs(ranges, fromMs, toMs) })).sort((a, b) => b.coveredMs - a.coveredMs)[0]
  return worst ?? null
}

/** Null when anything was answered, or nothing was to be. */
function noAnswer({ totals, responses, errors }: Evidence): Sentence | null {
  if (responses > 0) return null
  const n = totals.planned
  if (n === 0) return sentence('verdict.nothing-sent', {})
  const message = errors[0]?.message
  return message === undefined ? sentence('verdict.no-response.silent', { n: count(n) }) : sentence('verdict.no-response', { n: count(n), message })
}

/** Most failures were the generator's own: then silence says nothing of the target. */
function ownFault({ errors }: Evidence): boolean {
  return errors[0] !== undefined && OWN_FAULTS.has(errors[0].kind)
}

/** The target fell behind. Called where the generators are known to be well. */
function isBound({ totals: { targetRate, achievedRate, completed } }: Evidence): boolean {
  return targetRate !== null && completed > 0 && achievedRate < SHORT_OF_TARGET * targetRate
}

function bound(key: string, { totals, queued }: Evidence, more: Sentence['params'] = {}): Sentence {
  const waiting = key === 'live.bound' ? { waiting: count(queued + totals.inFlight) } : {}
  return sentence(key, { ...more, achieved: rate(totals.achievedRate), target: rate(totals.targetRate), ...waiting })
}

function failedSentence(evidence: Evidence): Sentence {
  const failed = evidence.thresholds.filter(({ ok }) => !ok)
  const first = failed.find(({ value }) => value !== null)
  if (first === undefined) return sentence('verdict.failed.unmeasured', { expression: failed[0]?.expression ?? '' })
  if (isBound(evidence)) return bound('verdict.failed.bound', evidence, shown(first))
  return failed.length === 1 ? sentence('verdict.failed', shown(first)) : sentence('verdict.failed.more', { ...shown(first), n: failed.length - 1 })
}

function doneSentence(evidence: Evidence, stopped: boolean): Sentence {
  const { totals, toMs } = evidence
  if (isBound(evidence)) return bound('verdict.done.bound', evidence)
  const figures = { p99: latency(totals.p99), errors: percent(totals.errorRate) }
  return stopped ? sentence('verdict.aborted', { ...figures, at: elapsed(toMs) }) : sentence('verdict.done', figures)
}

function passing(key: string, thresholds: readonly ThresholdResult[]): Sentence {
  const [only, ...others] = thresholds
  return only !== undefined && others.length === 0 ? sentence(`${key}.one`, { expression: only.expression }) : sentence(key, { n: thresholds.length })
}

function shown({ expression, value, unit }: ThresholdResult): { name: string; value: string; expression: string } {
  return { name: /^[^<>]+/.exec(expression)?.[0].trim() ?? expression, value: unit === 'ms' ? latency(value) : percent(value === null ? null : value / 100), expression }
}

function untrusted(reason: Sentence): Judged {
  return { verdict: 'not-trustworthy', sentence: reason, tone: 'warn' }
}

function sentence(key: string, params: Sentence['params']): Sentence {
  return { key, params }
}
