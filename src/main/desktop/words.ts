import type { Language } from '../../shared/locales/translate.ts'

/** What the desktop itself says: menus and dialogs. Items with a role are named by the system. */
const EN = {
  stillRunning: (names: string): string => `${names}: still running. Quit?`,
  othersGoOn: 'The other nodes of the cluster go on without this one; if it leads, one of them takes over.',
  stopAndQuit: 'Stop and quit',
  keepRunning: 'Keep running and hide',
  cancel: 'Cancel',
  hidden: 'The run goes on. You find Stampede here.',
  open: 'Open Stampede',
  stopRun: (name: string): string => `Stop ${name}`,
  quit: 'Quit',
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
  nodes: 'Nodes',
  history: 'History',
  capacity: 'Find Capacity',
  palette: 'Command Palette…',
  shortcuts: 'Keyboard Shortcuts',
  dataFolder: 'Data Folder',
}

export type Words = typeof EN

const ZH: Words = {
  stillRunning: (names) => `${names}：仍在运行。要退出吗？`,
  othersGoOn: '集群中的其他节点会在没有本机的情况下继续运行；如果本机是主节点，将由其中一个接替。',
  stopAndQuit: '停止并退出',
  keepRunning: '继续运行并隐藏',
  cancel: '取消',
  hidden: '运行仍在继续，可在此处找到 Stampede。',
  open: '打开 Stampede',
  stopRun: (name) => `停止 ${name}`,
  quit: '退出',
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
  nodes: '节点',
  history: '历史',
  capacity: '查找容量',
  palette: '命令面板…',
  shortcuts: '键盘快捷键',
  dataFolder: '数据文件夹',
}

export function words(language: Language): Words {
  return language === 'zh-CN' ? ZH : EN
}
