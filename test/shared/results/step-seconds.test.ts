import { expect, test } from 'vitest'
import { secondsOfStep } from '../../../src/shared/results/step-seconds.ts'
import { points, withSteps } from '../../renderer/synthetic-run.ts'

test('a step has its own figures, no target, and nothing where nothing came', () => {
  const [first, second] = withSteps(points(2))
  const gap = { ...second!, steps: undefined }
  const [of, none] = secondsOfStep([first!, gap], 1)
  const { completed, failed, p50, p99, max, heat } = first!.steps![1]!
  expect(of).toMatchObject({ atMs: 1000, completed, failed, p50, p99, max, heat, target: 0, dropped: 0, inFlight: 0, lagP99: null, errors: [] })
  expect(none).toMatchObject({ atMs: 2000, completed: 0, failed: 0, p50: null, max: null, heat: [] })
})
