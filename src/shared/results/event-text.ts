import { count, latency, percent } from '../format.ts'
import type { RunEvent } from './summary.ts'
import { shortTick } from '../tick-label.ts'
import type { RunTextKey } from '../locales/run.ts'
import type { Words } from '../locales/words.ts'

/** One event of a run in a few words. */
export function eventText({ kind, detail }: RunEvent, t: Words<RunTextKey>, nameOf: (id: string) => string): string {
  const word = (key: string): string => String(detail[key] ?? '')
  const node = typeof detail.name === 'string' ? detail.name : nameOf(word('node') || word('nodeId'))
  switch (kind) {
    case 'rate-changed': return detail.from === undefined ? t('event.rateTo', { to: short(detail.to ?? detail.rate) }) : t('event.rate', { from: short(detail.from), to: short(detail.to ?? detail.rate) })
    case 'node-joined': return t('event.nodeJoined', { node })
    case 'node-lost': return t('event.nodeLost', { node })
    case 'node-drained': return t('event.nodeDrained', { node })
    case 'shares-moved': return word('to') === '' ? t('event.moved') : t(word('node') === '' ? 'event.movedTo' : 'event.movedFrom', { node, nodes: word('to') })
    case 'master-changed': return t('event.master', { node }) + (typeof detail.afterMs === 'number' ? t('event.after', { time: latency(detail.afterMs) }) : '')
    case 'gap': return t('event.gap', { node })
    case 'deficit': return detail.perSecond === 0 ? t('event.deficitOver') : t('event.deficit', { rate: short(detail.perSecond) })
    case 'overload': return t('event.overload', { count: count(Number(detail.count ?? 0)) })
    case 'threshold-crossed': return t('event.crossed', { threshold: word('expression') })
    case 'threshold-recovered': return t('event.recovered', { threshold: word('expression') })
    case 'stop-requested': return t('event.stop')
    case 'error-limit': return t('event.errorLimit', { errors: share(detail.errorRate), limit: share(detail.limit) })
    case 'storage-failed': return t('event.storage')
    case 'rows-limited': return t('event.rows', { data: word('data'), count: count(Number(detail.rows ?? 0)) })
    case 'generator-problem': return t(detail.kind === 'schedule-lag' ? 'event.late' : 'event.generator', { node })
  }
}

function share(part: unknown): string {
  return percent(typeof part === 'number' ? part : null)
}

function short(rate: unknown): string {
  return typeof rate === 'number' ? shortTick(rate) : '–'
}
