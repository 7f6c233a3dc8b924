/** Texts of the charts. */
export const chartText = {
  'chart.achieved': { en: 'Achieved / target', 'zh-CN': '实际 / 目标' },
  'chart.achievedShort': { en: 'achieved', 'zh-CN': '实际' },
  'chart.target': { en: 'target', 'zh-CN': '目标' },
  'chart.targetRate': { en: 'Target', 'zh-CN': '目标' },
  'chart.service': { en: 'service p99', 'zh-CN': '服务 p99' },
  'chart.serviceP99': { en: 'Service p99', 'zh-CN': '服务耗时 p99' },
  'chart.errors': { en: 'Errors', 'zh-CN': '错误' },
  'chart.inFlight': { en: 'In flight', 'zh-CN': '在途请求' },
  'chart.lagP99': { en: 'Schedule lag p99', 'zh-CN': '发送延迟 p99' },
  'chart.warmup': { en: 'warm-up, not judged', 'zh-CN': '预热，不计入结果' },
  'chart.rateLabel': { en: 'Request rate over time. Arrow keys move the cursor.', 'zh-CN': '请求速率随时间变化。用方向键移动光标。' },
  'chart.latencyLabel': { en: 'Latency percentiles over time. Arrow keys move the cursor.', 'zh-CN': '延迟分位随时间变化。用方向键移动光标。' },
  'chart.heatLabel': { en: 'Latency heat map over time. Arrow keys move the cursor.', 'zh-CN': '延迟热力图。用方向键移动光标。' },
  'chart.errorLabel': { en: 'Errors per second by kind. Arrow keys move the cursor.', 'zh-CN': '每秒错误数，按类型。用方向键移动光标。' },
  'chart.asTable': { en: 'Show as table', 'zh-CN': '以表格显示' },
  'chart.asChart': { en: 'Show as chart', 'zh-CN': '以图表显示' },
  'chart.time': { en: 'Time', 'zh-CN': '时间' },
  'chart.completed': { en: 'Achieved', 'zh-CN': '实际' },
  'chart.failed': { en: 'Failed', 'zh-CN': '失败' },
  'chart.dropped': { en: 'Dropped', 'zh-CN': '丢弃' },
} as const

export type ChartTextKey = keyof typeof chartText
