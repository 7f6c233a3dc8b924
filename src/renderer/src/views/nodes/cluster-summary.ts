import type { ClusterView } from '../../../../shared/contract/contract.ts'
import { rate } from '../../../../shared/format.ts'
import type { Language } from '../../../../shared/locales/translate.ts'
import { epochText } from '../../composables/epoch-text.ts'
import type { Text } from '../../composables/use-text.ts'

interface Words {
  t: Text['t']
  language: Language
}

/** The cluster in a few sentences: how many can carry load, what they have sustained, who leads, who watches over it. */
export function clusterSummary(working: number, view: ClusterView | null, measuredRate: number | null, { t, language }: Words): string[] {
  if (view === null) return []
  if (view.mode === 'local') return [t('nodes.alone'), measuredRate === null ? t('nodes.aloneHint') : t('nodes.aloneMeasured', { rate: rate(measuredRate) })]
  return [t('nodes.many', { n: working }), measuredRate === null ? '' : t('nodes.measured', { rate: rate(measuredRate) }), leadership(view, { t, language }), watchers(view, t)]
}

function leadership({ master, connected, masterlessMs }: ClusterView, { t, language }: Words): string {
  if (master === null) return masterlessMs === null ? '' : t('nodes.nobodyLeads')
  const epoch = epochText(master.epoch, t, language)
  return connected ? t('nodes.leads', { name: master.name, epoch, time: `${(master.renewedMs / 1000).toFixed(1)} s` }) : t('nodes.led', { name: master.name, epoch })
}

function watchers({ sentinels }: ClusterView, t: Text['t']): string {
  if (sentinels.alive === 0) return t('nodes.noSentinels')
  if (sentinels.alive < sentinels.quorum) return t('nodes.tooFewSentinels', { alive: sentinels.alive, n: sentinels.registered, quorum: sentinels.quorum })
  return t(sentinels.alive < sentinels.registered ? 'nodes.someSentinels' : 'nodes.sentinels', { alive: sentinels.alive, n: sentinels.registered, quorum: sentinels.quorum })
}
