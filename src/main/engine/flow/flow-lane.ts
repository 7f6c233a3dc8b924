import type { ErrorKind } from '../../../shared/errors.ts'
import { headerValues } from '../measure/check-predicates.ts'
import type { Exchange } from '../measure/check-predicates.ts'
import type { Lane, LaneOptions, LaneSink } from '../lanes/lane.ts'
import { Trail, isRedirect } from '../lanes/redirect.ts'
import { LaneFailure, spanOf } from '../lanes/lane-failure.ts'
import { SYSTEM_TIMERS } from '../schedule/pacer.ts'
import type { Timers } from '../schedule/pacer.ts'
import type { CompiledFlow, CompiledStep } from './compiled-flow.ts'
import type { FlowSink } from './flow-sink.ts'
import type { FlowSource } from './flow-source.ts'
import { Iteration } from './iteration.ts'
import { ThinkQueue } from './think-queue.ts'

/** A virtual user who pauses after the last step of an iteration. */
const NOBODY = -1
const SETS_COOKIES = /\nset-cookie:/i

/** Bounds on iterations and connections of the whole; read anew whenever they are met. What is collected of answers follows from the flow. */
export type WholeOptions = Omit<LaneOptions, 'maxBodyBytes' | 'maxHeadBytes'>

export interface FlowParts {
  flow: CompiledFlow
  source: FlowSource
  /** Filled by the lane; the source reads it. */
  iterations: Iteration[]
  options: WholeOptions
  sink: FlowSink
  /** After the last step its pause is made, too: in the closed model, where the next iteration follows. */
  pausesUsers: boolean
  timers?: Timers
}

/**
 * Carries iterations of several steps, one step after the other, each over the lane of its target. For those lanes an
 * iteration here is a number, its slot: they report to {@link FlowLane.below}, and what comes of a step is looked at
 * when its connection is free again, so that the next one finds it.
 */
export class FlowLane implements Lane {
  /** What the lanes of the steps report to. */
  readonly below: LaneSink
  readonly #parts: FlowParts
  /** By step; several steps may share a lane. */
  #lanes: readonly Lane[] = []
  #different: readonly Lane[] = []
  readonly #free: Iteration[] = []
  /** Answered or failed, and their connections not yet free: last in, first out, as lanes nest. */
  readonly #over: Iteration[] = []
  readonly #thinking: ThinkQueue
  readonly #exchange: Exchange = { status: 0, head: null, body: null, bytesReceived: 0, responseTimeMs: 0 }
  #active = 0
  #pausing = 0
  #closed = false

  constructor(parts: FlowParts) {
    this.#parts = parts
    this.#thinking = new ThinkQueue(parts.timers ?? SYSTEM_TIMERS, (slot, at) => this.#wake(slot, at))
    this.below = this.#sink()
  }

  /** By step. To be called once, before anything is sent. */
  use(lanes: readonly Lane[]): void {
    this.#lanes = lanes
    this.#different = [...new Set(lanes)]
  }

  get inFlight(): number {
    return Math.max(0, this.#active - this.queued)
  }

  get queued(): number {
    return this.#different.reduce((sum, { queued }) => sum + queued, 0)
  }

  get connections(): number {
    return this.#different.reduce((sum, { connections }) => sum + connections, 0)
  }

  get pausing(): number {
    return this.#pausing
  }

  send(dueAt: number, n = 0): boolean {
    const { flow, options, iterations } = this.#parts
    if (this.#closed || this.#active >= options.maxInFlight) return false
    const iteration = this.#free.pop() ?? this.#newIteration(iterations)
    this.#active++
    iteration.begin(n, dueAt, flow.first(n))
    this.#start(iteration, dueAt, dueAt)
    return true
  }

  async warm(connections: number): Promise<void> {
    await Promise.all(this.#different.map((lane) => lane.warm(connections)))
  }

  tick(now: number): void {
    for (const lane of this.#different) lane.tick(now)
    this.#thinking.sweep(now)
  }

  cancel(now: number): void {
    for (const lane of this.#different) lane.cancel(now)
    this.#giveUpAll()
  }

  close(): void {
    this.#closed = true
    for (const lane of this.#different) lane.close()
    this.#thinking.clear()
    this.#pausing = 0
  }

  #giveUpAll(): void {
    this.#thinking.clear()
    this.#pausing = 0
    this.#over.length = 0
    for (const iteration of this.#parts.iterations) if (iteration.isActive) this.#giveUp(iteration)
  }

  #newIteration(iterations: Iteration[]): Iteration {
    const { names, cookies } = this.#parts.flow
    const iteration = new Iteration(iterations.length, names.length, cookies)
    iterations.push(iteration)
    return iteration
  }

  #sink(): LaneSink {
    const { sink, iterations } = this.#parts
    return {
      keep: (status, slot) => this.#keep(iterations[slot]!, status),
      sent: (_, sentAt, bytes, slot) => this.#sent(iterations[slot]!, sentAt, bytes),
      hop: (bytes, slot) => sink.sent(iterations[slot]!, performance.now(), bytes),
      done: (_, __, headAt, now, status, bytes, head, body, slot) => this.#done(iterations[slot]!, headAt, now, status, bytes, head, body),
      failed: (_, __, ___, kind, message, bytes, slot) => this.#failed(iterations[slot]!, kind, message, bytes),
      cancelled: (_, __, slot) => this.#giveUp(iterations[slot]!),
      dropped: (_, slot) => this.#giveUp(iterations[slot]!),
      connected: (dnsMs, connectMs, tlsMs) => sink.connected(dnsMs, connectMs, tlsMs),
      idle: (now) => this.#freed(now),
    }
  }

  /** @param dueAt of the step. */
  #start(iteration: Iteration, dueAt: number, now: number): void {
    iteration.beginStep(dueAt)
    const { names } = this.#parts.flow
    const missing = this.#stepOf(iteration).needs.find((place) => iteration.values[place] === null)
    if (missing !== undefined) {
      iteration.failure = { kind: 'check', status: 0, message: `not sent: step.${names[missing]} has no value`, unanswered: true }
      this.#stepOver(iteration, now)
    } else {
      this.#hand(iteration, dueAt)
    }
  }

  #hand(iteration: Iteration, dueAt: number): void {
    if (!this.#lanes[iteration.step]!.send(dueAt, iteration.slot)) this.#giveUp(iteration)
  }

  /** A later step: whoever may not send any more does not go on either. */
  #goOn(iteration: Iteration, dueAt: number, now: number): void {
    if (this.#parts.options.mayLeave?.(now) === false) this.#giveUp(iteration)
    else this.#start(iteration, dueAt, now)
  }

  #keep(iteration: Iteration, status: number): boolean {
    const { flow, sink } = this.#parts
    return flow.cookies || this.#stepOf(iteration).readsAnswer || (flow.follow && isRedirect(status)) || sink.keep(iteration, status)
  }

  #sent(iteration: Iteration, sentAt: number, bytes: number): void {
    this.#parts.sink.sent(iteration, sentAt, bytes)
    if (iteration.stepSentAt === 0) iteration.stepSentAt = sentAt
    if (iteration.sentAt === 0) iteration.sentAt = sentAt
  }

  #done(iteration: Iteration, headAt: number, now: number, status: number, bytes: number, head: Buffer | null, body: Buffer | null): void {
    const { flow, sink } = this.#parts
    iteration.received += bytes
    iteration.stepHeadAt = headAt
    this.#over.push(iteration)
    if (head !== null) this.#takeCookies(iteration, head)
    if (flow.follow && isRedirect(status) && head !== null && this.#follow(iteration, status, head, now)) return
    const exchange = this.#exchange
    exchange.status = status
    exchange.head = head
    exchange.body = body
    exchange.bytesReceived = iteration.received
    exchange.responseTimeMs = now - iteration.stepDueAt
    const wrong = sink.judge(iteration, exchange)
    const missing = this.#extract(iteration)
    if (wrong !== null) iteration.failure = { kind: 'check', ...wrong, unanswered: false }
    else if (missing !== null) iteration.failure = { kind: 'check', status: 0, message: missing, unanswered: false }
    sink.answered(iteration, exchange, now, iteration.failure)
  }

  #failed(iteration: Iteration, kind: ErrorKind, message: string, bytes: number): void {
    iteration.received += bytes
    iteration.failure = { kind, status: 0, message, unanswered: true }
    this.#over.push(iteration)
  }

  /** Everything is looked for; returns what was said of the first that was not found. */
  #extract(iteration: Iteration): string | null {
    let failure: string | null = null
    for (const { extractor, place } of this.#stepOf(iteration).extracts) {
      const found = extractor.find(this.#exchange, iteration.jar)
      iteration.values[place] = found
      if (found === null) failure ??= extractor.failure
    }
    return failure
  }

  #takeCookies(iteration: Iteration, head: Buffer): void {
    const text = iteration.jar === null ? '' : head.toString('latin1')
    // Most answers set none: looking costs less than reading the head.
    if (iteration.jar === null || !SETS_COOKIES.test(text)) return
    const { secure, host } = iteration.request ?? this.#stepOf(iteration).request
    const site = { secure, host, path: iteration.path }
    for (const field of headerValues(text, 'set-cookie')) iteration.jar.set(field, site)
  }

  /** True: the answer asks for another request, or for one that cannot be. */
  #follow(iteration: Iteration, status: number, head: Buffer, now: number): boolean {
    const location = headerValues(head.toString('latin1'), 'location')[0]
    if (location === undefined || iteration.request === null) return false
    try {
      iteration.trail ??= new Trail()
      iteration.hop = iteration.trail.next(iteration.request, status, location)
      const { timeoutMs } = this.#parts.options
      if (now - iteration.stepSentAt > timeoutMs) throw new LaneFailure('timeout', `answer not complete within ${spanOf(timeoutMs)}`)
    } catch (error) {
      if (!(error instanceof LaneFailure)) throw error
      iteration.hop = null
      iteration.failure = { kind: error.kind, status: 0, message: error.message, unanswered: true }
    }
    return true
  }

  /** The connection of the last one that was reported is free. */
  #freed(now: number): void {
    const iteration = this.#over.pop()
    if (iteration === undefined) return
    if (iteration.failure === null && iteration.hop !== null && iteration.hop !== iteration.request) this.#hand(iteration, iteration.stepDueAt)
    else this.#stepOver(iteration, now)
  }

  #stepOver(iteration: Iteration, now: number): void {
    const { flow, sink } = this.#parts
    const { failure } = iteration
    const step = this.#stepOf(iteration)
    if (iteration.stepSentAt > 0) iteration.serviceMs += now - iteration.stepSentAt
    iteration.isUnderway = true
    sink.stepEnded(iteration, now)
    const pauseMs = step.thinkMs(iteration.n)
    const stops = failure !== null && step.stopsIteration
    const next = stops ? -1 : flow.next(iteration.step)
    if (stops) iteration.failed = true
    if (next < 0) return this.#end(iteration, now, pauseMs)
    iteration.step = next
    if (pauseMs > 0) this.#thinking.add(iteration.slot, now + pauseMs)
    else this.#goOn(iteration, now, now)
    sink.idle(now)
  }

  #end(iteration: Iteration, now: number, pauseMs: number): void {
    const { sink, pausesUsers } = this.#parts
    if (pausesUsers && pauseMs > 0 && !this.#closed) {
      this.#pausing++
      this.#thinking.add(NOBODY, now + pauseMs)
    }
    sink.ended(iteration, now)
    this.#release(iteration)
    sink.idle(now)
  }

  #wake(slot: number, at: number): void {
    const now = (this.#parts.timers ?? SYSTEM_TIMERS).now()
    if (slot !== NOBODY) return this.#goOn(this.#parts.iterations[slot]!, at, now)
    this.#pausing--
    this.#parts.sink.idle(now)
  }

  #giveUp(iteration: Iteration): void {
    const { sink } = this.#parts
    if (iteration.isUnderway || iteration.sentAt > 0) sink.cancelled(iteration)
    else sink.dropped(iteration)
    this.#release(iteration)
  }

  #release(iteration: Iteration): void {
    iteration.isActive = false
    this.#active--
    this.#free.push(iteration)
  }

  #stepOf({ step }: Iteration): CompiledStep {
    return this.#parts.flow.steps[step]!
  }
}

