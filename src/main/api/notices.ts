import type { Notice } from '../../shared/contract/contract.ts'
import type { EventHub } from './event-hub.ts'

/** Said once each: what a part of the product has to tell a user in its own words. */
export class NoticeBoard {
  readonly #hub: EventHub
  readonly #told = new Set<string>()

  constructor(hub: EventHub) {
    this.#hub = hub
  }

  /** `id`: of a matter that changes; what is said of it replaces what was. */
  tell(level: Notice['level'], text: string, id?: string): void {
    if (this.#told.has(text)) return
    this.#told.add(text)
    this.#hub.emit('notice', { id: id ?? `notice-${this.#told.size}`, level, sentence: { key: 'notice.text', params: { text } } })
  }
}
