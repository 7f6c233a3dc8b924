/** Texts of comparisons: in the terminal, on the screens and in reports. */
export const comparisonText = {
  'metric.rate': { en: 'Achieved rate', 'zh-CN': '实际速率' },
  'metric.errors': { en: 'Errors', 'zh-CN': '错误率' },
  'metric.mean': { en: 'mean', 'zh-CN': '平均' },
  'metric.min': { en: 'min', 'zh-CN': '最小' },
  'metric.max': { en: 'max', 'zh-CN': '最大' },

  'change.better': { en: 'better', 'zh-CN': '变好' },
  'change.worse': { en: 'worse', 'zh-CN': '变差' },
  'change.within-noise': { en: 'within noise', 'zh-CN': '在噪声范围内' },
  'change.not-judged': { en: 'not judged', 'zh-CN': '不判定' },
  'change.beyond': { en: '{change}, beyond noise (±{noise})', 'zh-CN': '{change}，超出噪声范围（±{noise}）' },
  'change.within': { en: '{change}, within noise (±{noise})', 'zh-CN': '{change}，在噪声范围内（±{noise}）' },
  'change.points': { en: '{points} points', 'zh-CN': '{points} 个百分点' },

  'comparison.better': { en: 'Better than the first run, beyond noise.', 'zh-CN': '优于首次运行，超出噪声范围。' },
  'comparison.worse': { en: 'Worse than the first run, beyond noise: {metrics}.', 'zh-CN': '差于首次运行，超出噪声范围：{metrics}。' },
  'comparison.within-noise': { en: 'No difference beyond noise.', 'zh-CN': '没有超出噪声范围的差异。' },
  'comparison.not-comparable': { en: 'These runs cannot be compared.', 'zh-CN': '这些运行无法比较。' },
} as const

export type ComparisonTextKey = keyof typeof comparisonText
