import type { LoadForm } from './load-form.ts'

/**
 * The parser speaks of `load.stages[3].target`; the shapes show steps and spikes. Here a path of the task becomes the
 * path of the field that stands for it; all others are their own field.
 */
export function fieldPath(path: string, load: Pick<LoadForm, 'model' | 'shape'>): string {
  const match = /^load\.stages\[(\d+)\](?:\.(\w+))?$/.exec(path)
  if (match === null || load.model === 'closed') return path
  const [index, key] = [Number(match[1]), match[2] ?? 'target']
  if (load.shape === 'steps') return `load.steps[${String(Math.floor(index / 2))}].${key === 'duration' ? 'hold' : 'target'}`
  if (load.shape !== 'spike') return path
  if (key === 'duration') return `load.spike.${['before', 'length', 'after'][Math.floor(index / 2)] ?? 'after'}`
  return index === 2 || index === 3 ? 'load.spike.peak' : 'load.spike.base'
}
