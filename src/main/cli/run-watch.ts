import type { Events, Notice } from '../../shared/contract/contract.ts'
import type { RunView } from '../../shared/results/run.ts'
import type { Language } from '../../shared/locales/translate.ts'
import type { App } from '../app.ts'

type Fact = { view: RunView } | { point: Events['run:point'] }

export interface RunListener {
  view(view: RunView): void
  point(fact: Events['run:point']): void
  notice(notice: Notice): void
}

/** How often the store is asked, ms. */
const ASK_EVERY_MS = 2000

/**
 * Follows one run of a task from before it is started: what is told of it meanwhile is kept for the listener, who need
 * not be there when the first request leaves. Other runs of the same cluster are told of as well, and passed over.
 */
export class RunWatch {
  readonly #app: App
  readonly #early: Fact[] = []
  readonly #stops: (() => void)[]
  readonly #ended = Promise.withResolvers<void>()
  #take: (fact: Fact) => void = (fact) => void this.#early.push(fact)

  constructor(app: App, taskId: string) {
    this.#app = app
    this.#stops = [
      app.on('run:changed', (view) => { if (view.run.taskId === taskId) this.#take({ view }) }),
      app.on('run:point', (point) => this.#take({ point })),
    ]
  }

  /** Resolves when the run has ended and all of it was told. */
  async until(runId: string, language: Language, listener: RunListener): Promise<void> {
    this.#take = (fact) => this.#tell(fact, runId, listener)
    this.#early.splice(0).forEach(this.#take)
    this.#stops.push(this.#app.on('notice', (notice) => listener.notice(notice)))
    if (this.#app.address === null) return this.#ended.promise
    const { clusterNews } = await import('./cluster-news.ts')
    const newsOf = clusterNews(language)
    this.#stops.push(this.#app.on('cluster:changed', (view) => {
      const news = newsOf(view)
      if (news !== null) listener.notice(news)
    }))
    await Promise.race([this.#ended.promise, this.#endInStore(runId)])
  }

  close(): void {
    for (const stop of this.#stops) stop()
    this.#ended.resolve()
  }

  #tell(fact: Fact, runId: string, listener: RunListener): void {
    if ('point' in fact) {
      if (fact.point.runId === runId) listener.point(fact.point)
      return
    }
    if (fact.view.run.id !== runId) return
    listener.view(fact.view)
    if (fact.view.run.endedAt !== null) this.#ended.resolve()
  }

  /** The run may end while this process is cut off, and be forgotten before it is back: the store knows. The last point comes first, if it comes. */
  async #endInStore(id: string): Promise<void> {
    for (let known = false; ; ) {
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS).unref())
      if (known) return
      known = await this.#app.api['run.summary']({ id }).then(() => true, () => false)
    }
  }
}
