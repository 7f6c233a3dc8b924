import type { Texts } from './texts.ts'

/** What is said of a search for capacity. */
export const capacityTexts = {
  'capacity.holding': { en: 'Holding {rate}.', 'zh-CN': '正在保持 {rate}。' },
  'capacity.found': { en: 'Holds {holds} within the thresholds; fails at {failsAt}.', 'zh-CN': '在通过标准内可保持 {holds}；{failsAt} 时未通过。' },
  'capacity.none': { en: 'The thresholds do not hold at any rate, down to {rate}.', 'zh-CN': '降至 {rate} 仍未满足通过标准。' },
  'capacity.ceiling': { en: 'Holds {holds}, the highest rate that was to be tried.', 'zh-CN': '可保持 {holds}，已达本次查找的上限。' },
  'capacity.generator': { en: 'At least {holds}; at {rate} the generator gave way first. Add workers to go on.', 'zh-CN': '至少 {holds}；{rate} 时发压端先达到极限，请增加工作节点后继续。' },
  'capacity.generator.none': { en: 'The generator gave way at {rate} already, so nothing is known of the target. Begin lower, or add workers.', 'zh-CN': '{rate} 时发压端即已达到极限，无法判断被测服务。请降低起始速率或增加工作节点。' },
  'capacity.stopped': { en: 'Stopped. {holds} held so far.', 'zh-CN': '已停止。目前可保持 {holds}。' },
  'capacity.stopped.none': { en: 'Stopped before any rate had held.', 'zh-CN': '已停止，尚无速率得到确认。' },
  'capacity.failed': { en: 'The search ended: {reason}', 'zh-CN': '查找已结束：{reason}' },
} satisfies Texts
