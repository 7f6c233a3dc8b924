import { count, elapsed, latency, percent, rate } from '../../shared/format.ts'
import type { Language } from '../../shared/locales/translate.ts'
import type { RunEvent } from '../../shared/results/summary.ts'

type Phrase = (detail: RunEvent['detail']) => string

/** One event of a run in a few words, both languages side by side. */
const PHRASES = {
  'rate-changed': { en: ({ from, to }) => `rate ${from === undefined ? '' : `from ${perSecond(from)} `}to ${perSecond(to)}`, 'zh-CN': ({ from, to }) => `速率${from === undefined ? '' : `由 ${perSecond(from)} `}改为 ${perSecond(to)}` },
  'node-joined': { en: ({ node }) => `${named(node)} joined`, 'zh-CN': ({ node }) => `${named(node)} 加入` },
  'node-lost': { en: ({ node }) => `${named(node)} lost`, 'zh-CN': ({ node }) => `${named(node)} 失联` },
  'node-drained': { en: ({ node }) => `${named(node)} drained`, 'zh-CN': ({ node }) => `${named(node)} 已排空` },
  'shares-moved': { en: ({ to }) => `its load moved${to ? ` to ${named(to)}` : ''}`, 'zh-CN': ({ to }) => `负载已移交${to ? ` ${named(to)}` : ''}` },
  'master-changed': {
    en: ({ node, epoch, afterMs }) => `${named(node)} is master${number(epoch, (n) => `, epoch ${n}`)}${number(afterMs, (ms) => `, after ${latency(ms)}`)}`,
    'zh-CN': ({ node, epoch, afterMs }) => `${named(node)} 成为主节点${number(epoch, (n) => `，任期 ${n}`)}${number(afterMs, (ms) => `，历时 ${latency(ms)}`)}`,
  },
  gap: { en: ({ node }) => `seconds of ${named(node)} are missing`, 'zh-CN': ({ node }) => `${named(node)} 的若干秒数据缺失` },
  deficit: {
    en: ({ perSecond: missing }) => (missing === 0 ? 'the whole target is carried again' : `nobody can carry ${perSecond(missing)}`),
    'zh-CN': ({ perSecond: missing }) => (missing === 0 ? '目标速率已恢复' : `有 ${perSecond(missing)} 无节点可承担`),
  },
  overload: { en: ({ count: more }) => `${count(Number(more))} more sent than the target`, 'zh-CN': ({ count: more }) => `超出目标多发 ${count(Number(more))} 次` },
  'threshold-crossed': { en: ({ expression }) => `${named(expression)} is failing`, 'zh-CN': ({ expression }) => `${named(expression)} 未达标` },
  'threshold-recovered': { en: ({ expression }) => `${named(expression)} holds again`, 'zh-CN': ({ expression }) => `${named(expression)} 恢复达标` },
  'stop-requested': { en: () => 'stop', 'zh-CN': () => '停止' },
  'error-limit': { en: ({ errorRate, limit }) => `stopped: ${part(errorRate)} failed, the limit is ${part(limit)}`, 'zh-CN': ({ errorRate, limit }) => `停止：${part(errorRate)} 失败，上限为 ${part(limit)}` },
  'storage-failed': { en: () => 'it could not be stored', 'zh-CN': () => '未能存储' },
  'rows-limited': { en: ({ data, rows }) => `${named(data)} has ${count(Number(rows))} rows, each used once: the run ends with them`, 'zh-CN': ({ data, rows }) => `${named(data)} 有 ${count(Number(rows))} 行，每行只用一次：用完即结束` },
  'generator-problem': { en: ({ node }) => `${named(node)} gave way`, 'zh-CN': ({ node }) => `${named(node)} 未跟上` },
} as const satisfies Record<RunEvent['kind'], Record<Language, Phrase>>

/** `02:20 w4 lost`. */
export function eventLine({ atMs, kind, detail }: RunEvent, language: Language): string {
  const phrase: Phrase = PHRASES[kind][language]
  return `${elapsed(atMs)} ${phrase(detail)}`
}

/** What happened to the cluster or was ordered, and is worth a line; the generator's troubles have their own place. */
export function isWorthTelling({ kind }: RunEvent): boolean {
  return kind !== 'generator-problem' && kind !== 'threshold-crossed' && kind !== 'threshold-recovered' && kind !== 'stop-requested'
}

function part(value: RunEvent['detail'][string] | undefined): string {
  return percent(Number(value))
}

function named(value: string | number | boolean | null | undefined): string {
  return String(value ?? '?')
}

function number(value: string | number | boolean | null | undefined, write: (value: number) => string): string {
  return typeof value === 'number' ? write(value) : ''
}

function perSecond(value: string | number | boolean | null | undefined): string {
  return typeof value === 'number' ? rate(value) : '–'
}
