import type { ClusterView, Notice } from '../../shared/contract/contract.ts'
import { elapsed } from '../../shared/format.ts'
import type { Language } from '../../shared/locales/translate.ts'

type Standing = 'led' | 'masterless' | 'cut-off'

/** A master whose lease has not been seen for less than this may still be there, ms. */
const PATIENCE_MS = 2000

/** What whoever watches a run has to know of its cluster: told once, when it comes and when it is over. */
export function clusterNews(language: Language): (view: ClusterView) => Notice | null {
  let known: Standing = 'led'
  let told = 0
  return (view) => {
    const now = standingOf(view)
    if (now === known) return null
    known = now
    return { id: `cluster-news-${(told += 1)}`, level: now === 'led' ? 'info' : 'warn', sentence: { key: 'notice.text', params: { text: textOf(now, view, language) } } }
  }
}

function standingOf({ connected, masterlessMs }: ClusterView): Standing {
  if (!connected) return 'cut-off'
  return masterlessMs !== null && masterlessMs > PATIENCE_MS ? 'masterless' : 'led'
}

function textOf(now: Standing, { address, workersStopInMs, master, formerMaster }: ClusterView, language: Language): string {
  const english = language === 'en'
  switch (now) {
    case 'cut-off': {
      const left = elapsed(workersStopInMs ?? 0)
      return english ? `${address ?? 'Redis'} does not answer. Workers that it does not answer either stop by themselves in ${left}.` : `${address ?? 'Redis'} 无应答。同样得不到应答的工作节点将在 ${left} 后自行停止。`
    }
    case 'masterless': return english ? `${formerMaster ?? 'The master'} is gone, electing. The load goes on.` : `${formerMaster ?? '主节点'} 已失联，正在选举。负载继续。`
    case 'led': return english ? `The cluster is back, led by ${master?.name ?? 'nobody yet'}.` : `集群已恢复，主节点：${master?.name ?? '尚无'}。`
    default: return now satisfies never
  }
}
