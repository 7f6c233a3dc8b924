import type { Language } from '../../shared/locales/translate.ts'

/** What the desktop itself says: menus and dialogs. Items with a role are named by the system. */
const EN = {
  stillRunning: (names: string): string => `${names}: still running. Stop and quit?`,
  stopAndQuit: 'Stop and quit',
  keepRunning: 'Keep running',
  file: 'File',
  edit: 'Edit',
  run: 'Run',
  view: 'View',
  help: 'Help',
  settings: 'Settings…',
  newTask: 'New Task',
  newFromClipboard: 'New from Clipboard',
  find: 'Find',
  start: 'Run',
  tryOnce: 'Try Once',
  stop: 'Stop',
  stopAll: 'Stop All',
  tasks: 'Tasks',
  history: 'History',
  shortcuts: 'Keyboard Shortcuts',
  dataFolder: 'Data Folder',
}

export type Words = typeof EN

const ZH: Words = {
  stillRunning: (names) => `${names}：仍在运行。要停止并退出吗？`,
  stopAndQuit: '停止并退出',
  keepRunning: '继续运行',
  file: '文件',
  edit: '编辑',
  run: '运行',
  view: '视图',
  help: '帮助',
  settings: '设置…',
  newTask: '新建任务',
  newFromClipboard: '从剪贴板新建',
  find: '查找',
  start: '运行',
  tryOnce: '试发一次',
  stop: '停止',
  stopAll: '全部停止',
  tasks: '任务',
  history: '历史',
  shortcuts: '键盘快捷键',
  dataFolder: '数据文件夹',
}

export function words(language: Language): Words {
  return language === 'zh-CN' ? ZH : EN
}
