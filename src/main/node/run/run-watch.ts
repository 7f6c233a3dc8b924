import type { WorkReport } from '../../../shared/cluster/cluster.ts'
import { elapsedOf, hasBegun, isAdrift, isDone, isNews, present, type ActiveRun, type Part } from './active-run.ts'
import type { Round } from '../master/round.ts'
import { aheadUntil, noteAhead } from './run-ahead.ts'
import type { RunLead } from './run-lead.ts'
import { hear, isBefore } from './tenure.ts'

/** Between two looks there is less, ms. */
const OWN_PAUSE_MS = 1500

/** Looks at what the nodes of a run say of it, and at what has become of them. Silent ones are another matter: they are taken off the list first. */
export class RunWatch {
  readonly #lostAfterMs: number
  /** Since when a node has been told something and has not said that it knows, monotonic ms. */
  readonly #unheardSince = new Map<Part, number>()
  /** When that was looked at last, monotonic ms: through a pause of one's own nobody was watched. */
  #lookedAt = -Infinity

  constructor(lostAfterMs: number) {
    this.#lostAfterMs = lostAfterMs
  }

  look(lead: RunLead, round: Round): void {
    // By the book's own time: while it was not looked at, nobody was heard.
    const at = round.book.lookedAt
    if (at - this.#lookedAt > OWN_PAUSE_MS) this.#unheardSince.clear()
    this.#lookedAt = at
    for (const part of lead.active.parts) this.#lookAt(lead, part, round)
  }

  #lookAt(lead: RunLead, part: Part, round: Round): void {
    const { active } = lead
    const report = round.book.find(part.nodeId, part.boot)?.work.find(({ runId }) => runId === active.run.id) ?? null
    if (report !== null) this.#read(lead, part, report, round)
    if (part.standing === 'out' || part.lastTaken) {
      if (hasBegun(active) && isAdrift(part) && round.book.fate(part.nodeId, part.boot) === 'gone') lead.lose(part, round.now)
      return
    }
    if (hasBegun(active) && report?.problem !== undefined && mayGoOnWithout(lead, part, round)) return lead.lose(part, round.now, report.problem.message)
    if (isDone(active, part) && part.standing !== 'joining') return
    const fate = round.book.fate(part.nodeId, part.boot)
    part.isGone = fate === 'gone'
    if (fate !== 'here') this.#unheardSince.delete(part)
    if (fate === 'gone' || (fate === 'lost' && isExpendable(active, part))) lead.lose(part, round.now)
    else if (fate === 'here' && this.#isDeaf(part, round)) lead.lose(part, round.now, 'It takes no orders.')
  }

  #read(lead: RunLead, part: Part, report: WorkReport, { now }: Round): void {
    const { active } = lead
    const nowMs = elapsedOf(active, now)
    if (isNews(part, report)) {
      noteAhead(active, part, report, nowMs)
      if (part.report === null || isBefore(part.report, report)) this.#unheardSince.delete(part)
      part.report = report
      lead.touch()
    }
    if (!hasBegun(active) || active.phase === 'prepare') return
    hear(part, report, aheadUntil(active, part, nowMs), nowMs)
    if (isBack(part, report)) lead.regain(part, now)
  }

  /** It says all the time that it lives, and not that it hears: the way back to it is broken, so it does not dare to send either. */
  #isDeaf(part: Part, { stamp }: Round): boolean {
    const at = this.#lookedAt
    if (part.report === null || !isBefore(part.report, stamp)) {
      this.#unheardSince.delete(part)
      return false
    }
    const since = this.#unheardSince.get(part) ?? at
    this.#unheardSince.set(part, since)
    return at - since > this.#lostAfterMs
  }
}

/** Others get ready, or carry the run. The only one is waited for until it is too late to begin: it may be back. */
function isExpendable(active: ActiveRun, part: Part): boolean {
  return part.standing === 'joining' || (!hasBegun(active) && present(active).some((other) => other !== part))
}

/** A node that was given up goes on to live, and has heard that it carries nothing. */
function isBack(part: Part, report: WorkReport): boolean {
  const told = part.tenures.at(-1)?.told ?? null
  return part.standing === 'out' && part.lostAtMs !== null && !part.lastTaken && report.problem === undefined && report.phase !== 'stop' && told !== null && !isBefore(report, told)
}

function mayGoOnWithout({ active }: RunLead, part: Part, round: Round): boolean {
  const others = present(active).some((other) => other !== part && other.report?.problem === undefined)
  return others || round.usable().some(({ id, boot }) => !active.parts.some((each) => each.nodeId === id && each.boot === boot))
}
