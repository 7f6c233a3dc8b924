import type { Texts } from './texts.ts'

/** Why a node is, or is not, to follow as master; the reasons of an election, as they stand in its record. */
export const successionTexts = {
  'succession.first': { en: 'first choice: priority {priority}, CPU {cpu} %', 'zh-CN': '首选：优先级 {priority}，CPU {cpu}%' },
  'succession.deputy': { en: 'deputy {n}: priority {priority}, CPU {cpu} %', 'zh-CN': '候补 {n}：优先级 {priority}，CPU {cpu}%' },
  'succession.place': { en: 'place {n}: priority {priority}, CPU {cpu} %', 'zh-CN': '第 {n} 位：优先级 {priority}，CPU {cpu}%' },
  'succession.worker': { en: 'a worker never leads', 'zh-CN': '工作节点不担任主节点' },
  'succession.sentinel': { en: 'a sentinel never leads', 'zh-CN': '哨兵不担任主节点' },
  'succession.priority-0': { en: 'priority 0 never leads', 'zh-CN': '优先级为 0，不担任主节点' },
  'succession.protocol': { en: 'protocol {theirs}, not {ours}', 'zh-CN': '协议为 {theirs}，而非 {ours}' },
  'succession.deposed': { en: 'the master that is being replaced', 'zh-CN': '即被替换的主节点' },
  'succession.asked': { en: 'asked for', 'zh-CN': '由用户指定' },
  'succession.silent': { en: 'silent for {seconds} s', 'zh-CN': '已 {seconds} 秒无心跳' },
  'succession.silent.despite': { en: 'in spite of silent for {seconds} s', 'zh-CN': '尽管已 {seconds} 秒无心跳' },
  'succession.cpu': { en: 'CPU {cpu} % above {most} %', 'zh-CN': 'CPU {cpu}% 高于 {most}%' },
  'succession.cpu.despite': { en: 'in spite of CPU {cpu} % above {most} %', 'zh-CN': '尽管 CPU {cpu}% 高于 {most}%' },
  'succession.memory': { en: 'memory {memory} % above {most} %', 'zh-CN': '内存 {memory}% 高于 {most}%' },
  'succession.memory.despite': { en: 'in spite of memory {memory} % above {most} %', 'zh-CN': '尽管内存 {memory}% 高于 {most}%' },
} satisfies Texts
