import { createRouter, createWebHashHistory, type Router } from 'vue-router'
import CapacityView from './views/CapacityView.vue'
import CompareView from './views/CompareView.vue'
import EditorView from './views/EditorView.vue'
import HistoryView from './views/HistoryView.vue'
import NodesView from './views/NodesView.vue'
import RunView from './views/RunView.vue'
import SettingsView from './views/SettingsView.vue'
import TasksView from './views/TasksView.vue'

/** Hash history: works from a file, behind any path, and survives a reload. */
export function createConsoleRouter(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', redirect: { name: 'tasks' } },
      { path: '/tasks', name: 'tasks', component: TasksView },
      { path: '/tasks/new', name: 'new-task', component: EditorView, props: { id: null } },
      { path: '/tasks/:id', name: 'task', component: EditorView, props: true },
      { path: '/runs/:id', name: 'run', component: RunView, props: true },
      { path: '/history', name: 'history', component: HistoryView },
      { path: '/compare/:ids', name: 'compare', component: CompareView, props: ({ params }) => ({ ids: String(params['ids']).split(',').slice(0, 4) }) },
      { path: '/nodes', name: 'nodes', component: NodesView },
      { path: '/capacity', name: 'capacity', component: CapacityView, props: (route) => ({ task: typeof route.query['task'] === 'string' ? route.query['task'] : null }) },
      { path: '/settings', name: 'settings', component: SettingsView },
      { path: '/:rest(.*)*', redirect: { name: 'tasks' } },
    ],
  })
}
