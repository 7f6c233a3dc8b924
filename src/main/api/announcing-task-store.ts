import type { TaskStore } from '../backend/task-store.ts'

/**
 * The same store, which also tells of every task that was changed through it, by whomever: a user's command or the
 * master's report. Told after the change has been stored.
 */
export function announcing(store: TaskStore, changed: (taskId: string) => void): TaskStore {
  const told = async <T extends { id: string }>(change: Promise<T>): Promise<T> => {
    const task = await change
    changed(task.id)
    return task
  }
  return {
    create: (spec) => told(store.create(spec)),
    update: (id, spec) => told(store.update(id, spec)),
    restore: (id) => told(store.restore(id)),
    change: (id, event) => told(store.change(id, event)),
    putBack: (task) => store.putBack(task).then(() => changed(task.id)),
    delete: (id) => store.delete(id).then(() => changed(id)),
    tasks: () => store.tasks(),
    task: (id) => store.task(id),
    pending: () => store.pending(),
    runs: (filter) => store.runs(filter),
    run: (id) => store.run(id),
    openRun: (run) => store.openRun(run),
    appendPoints: (runId, points, events, state) => store.appendPoints(runId, points, events, state),
    points: (runId) => store.points(runId),
    events: (runId) => store.events(runId),
    closeRun: (runId, summary) => store.closeRun(runId, summary),
    summary: (runId) => store.summary(runId),
    annotateRun: (id, notes) => store.annotateRun(id, notes),
    deleteRun: (id) => store.deleteRun(id),
    closeOrphans: () => store.closeOrphans(),
    setting: (key) => store.setting(key),
    setSetting: (key, value) => store.setSetting(key, value),
    notices: () => store.notices(),
    close: () => store.close(),
  }
}
