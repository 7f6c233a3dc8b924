import type { Texts } from './texts.ts'

/** What is to be known before the figures of compared runs. */
export const compareTexts = {
  'compare.targets': { en: 'Different targets, not comparable: {one} and {other}.', 'zh-CN': '被测目标不同，无法比较：{one} 与 {other}。' },
  'compare.models': { en: 'One run keeps a rate, the other a number of connections: not comparable.', 'zh-CN': '一次运行按固定速率，另一次按固定连接数，无法比较。' },
  'compare.rates': { en: 'Different target rates, latency is not comparable: {one} and {other}.', 'zh-CN': '目标速率不同，延迟无法比较：{one} 与 {other}。' },
  'compare.nothing': { en: 'Run {run} has no answers, so there is nothing to compare.', 'zh-CN': '运行 {run} 没有任何应答，无法比较。' },
  'compare.untrusted': { en: 'Run {run} is not trustworthy: its figures include the generator’s own trouble.', 'zh-CN': '运行 {run} 的结果不可信：其数据包含发压端自身的问题。' },
  'compare.short': { en: 'A run of {seconds} s is short: only large changes can be told from noise. Run for 30 s or more.', 'zh-CN': '仅 {seconds} 秒的运行过短，只有较大的变化才能与噪声区分。建议运行 30 秒以上。' },
} satisfies Texts
