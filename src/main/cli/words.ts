import type { Language } from '../../shared/locales/translate.ts'

/** The words of the terminal, both languages side by side. */
const WORDS = {
  rate: { en: 'rate', 'zh-CN': '速率' },
  of: { en: 'of', 'zh-CN': '目标' },
  latency: { en: 'latency', 'zh-CN': '响应时间' },
  service: { en: 'service', 'zh-CN': '服务时间' },
  errors: { en: 'errors', 'zh-CN': '错误' },
  sender: { en: 'sender', 'zh-CN': '发压端' },
  lag: { en: 'schedule lag', 'zh-CN': '调度延迟' },
  inFlight: { en: 'in flight', 'zh-CN': '进行中' },
  requests: { en: 'requests', 'zh-CN': '请求' },
  received: { en: 'received', 'zh-CN': '已接收' },
  thresholds: { en: 'thresholds', 'zh-CN': '通过标准' },
  checks: { en: 'checks', 'zh-CN': '检查' },
  ledger: { en: 'ledger', 'zh-CN': '账目' },
  planned: { en: 'planned', 'zh-CN': '计划' },
  started: { en: 'started', 'zh-CN': '已发起' },
  dropped: { en: 'dropped', 'zh-CN': '丢弃' },
  completed: { en: 'completed', 'zh-CN': '完成' },
  cancelled: { en: 'cancelled', 'zh-CN': '取消' },
  lost: { en: 'lost', 'zh-CN': '失联' },
  loopLag: { en: 'loop lag', 'zh-CN': '事件循环延迟' },
  nodes: { en: 'nodes', 'zh-CN': '节点' },
  node: { en: 'node', 'zh-CN': '节点' },
  unmet: { en: 'nobody can carry', 'zh-CN': '无节点可承担' },
  failed: { en: 'failed', 'zh-CN': '失败' },
  events: { en: 'events', 'zh-CN': '事件' },
  mean: { en: 'mean', 'zh-CN': '平均' },
  ofPlan: { en: 'of plan', 'zh-CN': '占计划' },
  lane: { en: 'engine', 'zh-CN': '引擎' },
  first: { en: 'first', 'zh-CN': '首次' },
  keptUp: { en: 'kept up', 'zh-CN': '跟得上' },
  gaveWay: { en: 'gave way', 'zh-CN': '未跟上' },
  cpuMax: { en: 'cpu max', 'zh-CN': 'CPU 最高' },
  responseNote: { en: 'from the intended instant', 'zh-CN': '自计划时刻起' },
  serviceNote: { en: 'from the actual send', 'zh-CN': '自实际发送起' },
  closedNote: { en: 'closed loop: the time spent waiting to send is not in it', 'zh-CN': '闭环模型：不含等待发送的时间' },
  running: { en: 'running', 'zh-CN': '运行中' },
  starting: { en: 'starting', 'zh-CN': '启动中' },
  stopping: { en: 'stopping', 'zh-CN': '停止中' },
  ended: { en: 'ended', 'zh-CN': '已结束' },
  keys: { en: 'r rate   q stop', 'zh-CN': 'r 调速   q 停止' },
  newRate: { en: 'new rate (req/s), then Enter: ', 'zh-CN': '新速率（req/s），回车确认：' },
  PASSED: { en: 'PASSED', 'zh-CN': '通过' },
  FAILED: { en: 'FAILED', 'zh-CN': '未通过' },
  FINISHED: { en: 'FINISHED', 'zh-CN': '已完成' },
  UNTRUSTED: { en: 'NOT TRUSTWORTHY', 'zh-CN': '结果不可信' },
  ABORTED: { en: 'ABORTED', 'zh-CN': '已中止' },
} as const satisfies Record<string, Record<Language, string>>

export type Word = keyof typeof WORDS

export function words(language: Language): (word: Word) => string {
  return (word) => WORDS[word][language]
}
