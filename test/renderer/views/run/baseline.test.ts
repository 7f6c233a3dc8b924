import { effectScope, nextTick, shallowRef } from 'vue'
import { expect, test } from 'vitest'
import { followBaseline } from '../../../../src/renderer/src/views/run/use-baseline.ts'
import type { RunView } from '../../../../src/shared/results/run.ts'
import { createScriptedBridge, emptyScript } from '../../scripted-bridge.ts'
import { runView } from '../../synthetic-run.ts'

const settled = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await nextTick()
}

test('the baseline of a run is asked for once while its seconds come, and compared when it has ended', async () => {
  const now = runView(0)
  const base = { ...now, run: { ...now.run, id: 'base', baseline: true, endedAt: 1 } }
  const bridge = createScriptedBridge({ ...emptyScript(0), runs: [base.run], views: new Map([['base', { view: base, points: [], summary: null }], [now.run.id, { view: now, points: [], summary: null }]]) })
  const view = shallowRef<RunView>(now)
  const scope = effectScope()
  const baseline = scope.run(() => followBaseline(bridge, () => view.value))!
  await settled()
  expect(baseline.value?.view.run.id).toBe('base')
  const asked = bridge.calls.length
  expect(asked).toBeGreaterThan(0)
  for (let second = 1; second <= 5; second++) {
    view.value = { ...now, run: { ...now.run }, elapsedMs: second * 1000 }
    await settled()
  }
  expect(bridge.calls).toHaveLength(asked)
  view.value = { ...now, run: { ...now.run, endedAt: 5000 } }
  await settled()
  expect(bridge.calls.slice(asked).map(({ command }) => command)).toContain('run.compare')
  scope.stop()
})
