import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import type { Comparison } from '../../../../shared/compare/compare.ts'
import type { RunView } from '../../../../shared/results/run.ts'
import { useBridge, type ScreenBridge } from '../../bridge/index.ts'
import { moment } from '../../components/time-text.ts'
import { useText } from '../../composables/use-text.ts'
import { baselineFor } from '../../stores/baseline-run.ts'
import { tileChange, type TileChange, type TileMetric } from './tile-changes.ts'

interface Baseline {
  view: RunView
  /** Of a run that has ended. */
  judged: Comparison | null
}

/** What the task's baseline says of the figures of a run; null where there is none, or the run is it. */
export function useBaseline(view: () => RunView): { changeOf: (metric: TileMetric) => TileChange | null; name: ComputedRef<string> } {
  const { t, language } = useText()
  const baseline = followBaseline(useBridge(), view)

  return {
    changeOf: (metric) => {
      const { run, totals, recent } = view()
      return baseline.value === null ? null : tileChange(metric, run.endedAt === null ? recent : totals, baseline.value.view.totals, baseline.value.judged, t)
    },
    name: computed(() => (baseline.value === null ? '' : t('tile.baseline', { time: moment(baseline.value.view.run.startedAt, language.value) }))),
  }
}

/** The baseline of the run that is shown, asked for anew when that ends or becomes the baseline itself: not with each of its seconds. */
export function followBaseline(bridge: Pick<ScreenBridge, 'invoke'>, view: () => RunView): ShallowRef<Baseline | null> {
  const baseline = shallowRef<Baseline | null>(null)
  watch([() => view().run.id, () => view().run.endedAt, () => view().run.baseline], async (_is, _was, onCleanup) => {
    let stale = false
    onCleanup(() => (stale = true))
    const found = await baselineOf(bridge, view().run).catch(() => null) // Without one the tiles say what they always say.
    if (!stale) baseline.value = found
  }, { immediate: true })
  return baseline
}

async function baselineOf(bridge: Pick<ScreenBridge, 'invoke'>, run: RunView['run']): Promise<Baseline | null> {
  const base = await baselineFor(bridge, run)
  if (base === undefined) return null
  const judged = run.endedAt === null ? null : await bridge.invoke('run.compare', { ids: [base.id, run.id] }).catch(() => null)
  return { view: await bridge.invoke('run.get', { id: base.id }), judged }
}
