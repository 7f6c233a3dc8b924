import type { Texts } from './texts.ts'

/** What is said of a run: in the verdict line while it runs, as the first line of its result afterwards. */
export const verdictTexts = {
  'verdict.starting': { en: 'Starting.', 'zh-CN': '正在启动。' },
  'verdict.warming-up': { en: 'Warming up until {until}; this is kept out of the result.', 'zh-CN': '预热至 {until}，期间数据不计入结果。' },
  'verdict.could-not-run': { en: 'The run could not be carried out: {reason}', 'zh-CN': '无法执行本次运行：{reason}' },

  'verdict.passed': { en: 'All {n} thresholds hold.', 'zh-CN': '全部 {n} 项通过标准均满足。' },
  'verdict.passed.one': { en: 'The threshold {expression} holds.', 'zh-CN': '满足通过标准 {expression}。' },
  'verdict.passed.bound': {
    en: 'The thresholds hold, but the target answered only {achieved} of {target}; the generator kept up.',
    'zh-CN': '满足通过标准，但被测服务仅应答 {achieved}（目标 {target}）；发压端运行正常。',
  },
  'verdict.failed': { en: '{name} was {value}, the threshold is {expression}.', 'zh-CN': '{name} 为 {value}，未满足通过标准 {expression}。' },
  'verdict.failed.more': { en: '{name} was {value}, the threshold is {expression}; {n} more failed.', 'zh-CN': '{name} 为 {value}，未满足通过标准 {expression}；另有 {n} 项未满足。' },
  'verdict.failed.unmeasured': { en: 'Nothing was measured for the threshold {expression}.', 'zh-CN': '没有可用于判定 {expression} 的数据。' },
  'verdict.failed.bound': {
    en: '{name} was {value}, the threshold is {expression}; the target answered only {achieved} of {target}, the generator kept up.',
    'zh-CN': '{name} 为 {value}，未满足通过标准 {expression}；被测服务仅应答 {achieved}（目标 {target}），发压端运行正常。',
  },
  'verdict.done': { en: 'Finished: p99 {p99}, {errors} errors. No thresholds were set.', 'zh-CN': '已完成：p99 {p99}，错误 {errors}。未设置通过标准。' },
  'verdict.done.bound': {
    en: 'The target answered only {achieved} of {target}; the generator kept up. No thresholds were set.',
    'zh-CN': '被测服务仅应答 {achieved}（目标 {target}），发压端运行正常。未设置通过标准。',
  },
  'verdict.aborted': { en: 'Stopped at {at}: p99 {p99}, {errors} errors. No thresholds were set.', 'zh-CN': '已在 {at} 停止：p99 {p99}，错误 {errors}。未设置通过标准。' },
  'verdict.error-limit': { en: 'Stopped at {at}: {errors} of the last five seconds failed, more than the limit of {limit}.', 'zh-CN': '已在 {at} 停止：最近五秒有 {errors} 失败，超过上限 {limit}。' },
  'verdict.nothing-sent': { en: 'Nothing was sent.', 'zh-CN': '未发送任何请求。' },
  'verdict.no-response': { en: '0 of {n} requests were answered: {message}. Is the server running?', 'zh-CN': '{n} 个请求均未得到应答：{message}。服务是否已启动？' },
  'verdict.no-response.silent': { en: '0 of {n} requests were answered.', 'zh-CN': '{n} 个请求均未得到应答。' },

  'verdict.imbalance': { en: 'Not trustworthy: the counts do not add up: {what}.', 'zh-CN': '结果不可信：计数不平衡：{what}。' },
  'verdict.overload': { en: 'Not trustworthy: {n} iterations were sent beyond the target.', 'zh-CN': '结果不可信：超出目标多发送了 {n} 次迭代。' },
  'verdict.lost': { en: 'Not trustworthy: {part} of the load, {n} iterations, was never sent.', 'zh-CN': '结果不可信：{part} 的负载（{n} 次迭代）从未发出。' },
  'verdict.lost.nodes': { en: 'Not trustworthy: {part} of the load, {n} iterations, was never sent, as {nodes} got lost.', 'zh-CN': '结果不可信：由于 {nodes} 离线，{part} 的负载（{n} 次迭代）从未发出。' },
  'verdict.lost.caps': { en: 'Not trustworthy: {part} of the load, {n} iterations, was never sent, as the nodes may not send more.', 'zh-CN': '结果不可信：受节点上限所限，{part} 的负载（{n} 次迭代）从未发出。' },
  'verdict.generator.cpu': { en: 'Not trustworthy: {node} ran out of CPU for {seconds} s of {total} s; the generator, not the target, set the limit.', 'zh-CN': '结果不可信：{node} 有 {seconds} 秒（共 {total} 秒）CPU 耗尽；瓶颈在发压端而非被测服务。' },
  'verdict.generator.loop-lag': { en: 'Not trustworthy: the event loop of {node} was late for {seconds} s of {total} s; times include the generator’s own delay.', 'zh-CN': '结果不可信：{node} 的事件循环有 {seconds} 秒（共 {total} 秒）延迟；测得的时间包含发压端自身的延迟。' },
  'verdict.generator.schedule-lag': { en: 'Not trustworthy: {node} sent late for {seconds} s of {total} s; the generator could not keep the rate.', 'zh-CN': '结果不可信：{node} 有 {seconds} 秒（共 {total} 秒）发送滞后；发压端未能保持目标速率。' },
  'verdict.generator.ports': { en: 'Not trustworthy: {node} ran out of local ports for {seconds} s of {total} s; the target was not to blame.', 'zh-CN': '结果不可信：{node} 有 {seconds} 秒（共 {total} 秒）本地端口耗尽；与被测服务无关。' },
  'verdict.generator.sockets': { en: 'Not trustworthy: {node} ran out of open files for {seconds} s of {total} s; the target was not to blame.', 'zh-CN': '结果不可信：{node} 有 {seconds} 秒（共 {total} 秒）文件描述符耗尽；与被测服务无关。' },

  'live.passing': { en: 'All {n} thresholds hold so far.', 'zh-CN': '目前全部 {n} 项通过标准均满足。' },
  'live.passing.one': { en: 'The threshold {expression} holds so far.', 'zh-CN': '目前满足通过标准 {expression}。' },
  'live.failing': { en: '{name} is failing {expression} since {since}, now {value}.', 'zh-CN': '{name} 自 {since} 起未满足 {expression}，当前为 {value}。' },
  'live.running': { en: 'Running. No thresholds are set.', 'zh-CN': '运行中，未设置通过标准。' },
  'live.bound': { en: 'The target answers {achieved} of {target}; {waiting} requests are waiting. The generator keeps up.', 'zh-CN': '被测服务仅应答 {achieved}（目标 {target}），{waiting} 个请求等待中；发压端运行正常。' },
  'live.generator': { en: 'Not trustworthy so far: {node}: {detail}.', 'zh-CN': '目前结果不可信：{node}：{detail}。' },
  'live.overload': { en: 'Not trustworthy so far: {n} iterations were sent beyond the target.', 'zh-CN': '目前结果不可信：超出目标多发送了 {n} 次迭代。' },
  'live.lost': { en: 'Not trustworthy so far: {part} of the load, {n} iterations, was never sent.', 'zh-CN': '目前结果不可信：{part} 的负载（{n} 次迭代）从未发出。' },
  'live.lost.nodes': { en: 'Not trustworthy so far: {part} of the load, {n} iterations, was never sent, as {nodes} got lost.', 'zh-CN': '目前结果不可信：由于 {nodes} 离线，{part} 的负载（{n} 次迭代）从未发出。' },
  'live.lost.caps': { en: 'Not trustworthy so far: {part} of the load, {n} iterations, was never sent, as the nodes may not send more.', 'zh-CN': '目前结果不可信：受节点上限所限，{part} 的负载（{n} 次迭代）从未发出。' },
  'live.unanswered': { en: 'No request has been answered yet: {message}.', 'zh-CN': '尚无请求得到应答：{message}。' },
} satisfies Texts
