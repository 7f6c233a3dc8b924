import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src/shared/errors.ts'
import { chineseProblems } from '../../../src/shared/locales/problem-templates.ts'
import { problemText } from '../../../src/shared/locales/problem-text.ts'
import { wordsInProblems } from '../../../src/shared/locales/problems/words.ts'
import { redisTexts } from '../../../src/shared/locales/redis.ts'
import { fill } from '../../../src/shared/locales/sentence.ts'
import { verdictTexts } from '../../../src/shared/locales/verdict.ts'
import { translate } from '../../../src/shared/locales/translate.ts'
import { parseTaskSpec, requireTaskSpec } from '../../../src/shared/task/task-schema.ts'
import { isSpelledOut, spokenTexts } from '../../support/spoken-texts.ts'

/** What reaches the screens: the doors, the stores, the cluster, the engine. */
const HEARD = ['shared', 'main/api', 'main/node', 'main/proto', 'main/backend', 'main/app', 'main/imports', 'main/data', 'main/engine', 'renderer/src/bridge']

const said = spokenTexts(HEARD)
const holes = (text: string): string => [...new Set(text.match(/\{\d+\}/g) ?? [])].sort().join()
const zh = (text: string): string => problemText('zh-CN', text)

describe('every text of a problem', () => {
  test('in the sources has its Chinese', () => {
    const missing = said.filter(({ text }) => !Object.hasOwn(chineseProblems, text) && !isSpelledOut(text))
    expect(missing.map(({ file, text }) => `${file}: ${text}`)).toEqual([])
  })

  test('that has Chinese is one of the sources, or spelled out of one', () => {
    const texts = new Set(said.map(({ text }) => text))
    expect(Object.keys(chineseProblems).filter((text) => !texts.has(text) && !Object.hasOwn(wordsInProblems, text))).toEqual([])
  })

  test('keeps its holes in Chinese', () => {
    expect(Object.entries(chineseProblems).filter(([english, chinese]) => holes(english) !== holes(chinese))).toEqual([])
  })

  test('ends its Chinese sentence with a full-width stop where the English one ends with a stop', () => {
    const torn = Object.entries(chineseProblems).filter(([english, chinese]) => /[a-z}][.?]$/.test(english) && !/[。？]$/.test(chinese))
    expect(torn).toEqual([])
  })
})

describe('a problem in Chinese', () => {
  test.each([
    ['"fast" is no rate.', '"fast" 不是速率。'],
    ['Did you mean "duration"?', '是否指“duration”？'],
    ['The body is text, not a list.', '请求体应为文本，而不是列表。'],
    ['There is no "nmae" in a task.', '任务中没有“nmae”。'],
    ['{{int 5 1}} ends before it begins.', '{{int 5 1}} 的终点小于起点。'],
    ['"checkout" cannot be started: it is running.', '“checkout”无法启动：正在运行。'],
    ['connection refused (ECONNREFUSED)', '连接被拒绝（ECONNREFUSED）'],
    ['socket failure (EPERM)', '套接字失败（EPERM）'],
    ['The proxy: The URL has a space at position 9.', '代理：URL 第 9 个字符处有空格。'],
    ['load.rate: At least 0.1 req/s. (and 2 more)', 'load.rate: 至少 0.1 req/s。（另有 2 项）'],
    ['w2 refuses the task: It carries runs of 1h at most, and this one has no end. Shorten the task, or start the node with a higher --max-duration.', 'w2 拒绝此任务：该节点最多执行 1h 的运行，而此任务没有终点。请缩短任务，或以更大的 --max-duration 启动该节点。'],
  ])('has what stands in its holes, and words of the product in Chinese too: %s', (english, chinese) => {
    expect(zh(english)).toBe(chinese)
  })

  test('is found for what the core itself says where that is quoted in English', () => {
    const params = { label: 'redis://h:6379', what: 'ERR x', n: '3', message: 'no answer', expression: 'p99<200ms', name: 'p99', value: '230 ms', achieved: '80/s', target: '100/s', reason: 'It is drained.', part: '4%', nodes: 'w1', node: 'w1', seconds: '3', total: '9' }
    const spaceless = (text: string): string => text.replaceAll(' ', '')
    for (const [key, texts] of Object.entries({ ...redisTexts, ...verdictTexts })) {
      if (!key.startsWith('verdict.') && !/^redis\.[a-z-]+(\.cure)?$/.test(key)) continue
      expect(spaceless(zh(fill(texts.en, params))), key).toBe(spaceless(translate('zh-CN', { key, params })))
    }
  })

  test('leaves alone what nobody has said here', () => {
    expect(zh('getaddrinfo EAI_FAIL')).toBe('getaddrinfo EAI_FAIL')
    expect(zh('')).toBe('')
    expect(zh('x'.repeat(100_000))).toHaveLength(100_000)
  })

  test('does not stall on what a server may have written', () => {
    for (const piece of ['a is missing. ', 'Write ', 'x: ', '. A', '"', '{0} ', 'Remove it. ', 'a or b ', ' (and 1 more)', ' (EAGAIN)']) {
      for (const length of [900, 4000, 1_000_000]) expect(zh(piece.repeat(length / piece.length)).length, piece).toBeGreaterThan(0)
    }
  })

  test('never takes what a user wrote for words of ours', () => {
    expect(zh('Two steps are named "a list".')).toBe('有两个步骤都叫 "a list"。')
    expect(zh('There is no task {0}.')).toBe('没有任务 {0}。')
  })

  test('is said within a sentence of the core', () => {
    expect(translate('zh-CN', { key: 'verdict.could-not-run', params: { reason: 'w1 did not get ready in time.' } })).toBe('无法执行本次运行：w1 未能及时就绪。')
    expect(translate('zh-CN', { key: 'verdict.no-response', params: { n: 3, message: 'connection refused' } })).toBe('3 个请求均未得到应答：连接被拒绝。服务是否已启动？')
    expect(translate('en', { key: 'notice.text', params: { text: 'It is drained.' } })).toBe('It is drained.')
  })
})

/** Words without which English cannot do. What is quoted, and examples of what to write, is the same in every language. */
const ENGLISH = /\b(is|not|the|an|has|have|of|it|be|cannot|must|are|than|more|which|and)\b/i
const ours = (text: string): string => text.replace(/"(?:[^"\\]|\\.)*"|“[^”]*”|\{[^}]*\}+/g, ' ').replace(/(例如|请写|可用|是否指)[^。]*/g, ' ')

const load = { rate: 500, duration: '30s' }
const request = { url: 'https://api.example.com/orders' }

test.each<[string, unknown]>([
  ['nothing', undefined], ['a text', 'text'], ['no load', { request }], ['no request', { load }], ['unknown keys', { load: { ...load, duratoin: 1 }, request, nmae: 'x' }],
  ['every wrong field of the load', { request, load: { rate: 'fast', duration: 'soon', connections: 0, requests: 1.5, maxInFlight: -1, warmup: 'x', stages: ['?'] } }],
  ['a load that excludes itself', { request, load: { rate: 5, requests: 10, duration: '1s', stages: ['30s:500'], ramp: '5s' } }], ['a load without an end', { request, load: { rate: 5 } }],
  ['a closed loop with a ramp', { request, load: { connections: 5, duration: '1s', ramp: '1s' }, thresholds: ['rate>=95%'] }],
  ['every wrong field of the request', { load, request: { method: 'G ET', url: 'htp://x', headers: { 'a b': 'c', 'content-length': '5', x: [] }, body: {}, bodyBase64: '!' } }],
  ['wrong URLs', { load, steps: ['', 'ftp://x', 'https://', 'https://u:p@x/', 'https://x y/', 'https://x:99999/', 'https:/x', 'http://0x7f.1/', 'http://{{env.H}}/'].map((url, i) => ({ name: `s${i}`, request: { url } })) }],
  ['wrong checks', { load, request, checks: ['', 'statsu == 1', 'status == abc', 'body ~', 'body matches "(?=x)"', '$..a == 1', '$.a[', 'size > x', 'duration < y', 'header', 'grpc-status == OK', 5] }],
  ['wrong thresholds', { load, request, thresholds: ['p99', 'p99<fast', 'errors<200%', 'foo<1', 'http_reqs<1', 5] }],
  ['wrong variables', { load, request: { url: 'https://x/{{nope}}?a={{int 5 1}}&b={{int}}&c={{seq 1}}&d={{}}&e={{vars.x}}&f={{env.X}}&g={{step.t}}&h={{users.id}}&i={{now x}}&j={{' }, vars: { 'a b': 'x', c: [] } }],
  ['wrong data', { load, request, data: { 'a b': {}, u: { csv: 'a', jsonl: 'b' }, v: { csv: 5, delimiter: '--' }, w: { csv: 'x.csv', content: 'a,a\n1' } } }],
  ['wrong transport', { load, request, transport: { protocol: 'h2', timeout: '0', keepAlive: 'yes', proxy: 'socks5://x', cert: 'x', sni: 'a b', resolve: ['x'], connectTo: ['y'] } }],
  ['wrong auth', { load, request: { ...request, headers: { authorization: 'x' } }, auth: { type: 'bearer', token: '' } }], ['foreign auth', { load, request, auth: { type: 'digest' } }], ['auth without its fields', { load, request, auth: { type: 'oauth2', scopes: 'x', tokenUrl: 'x' } }],
  ['wrong forms', { load, request: { ...request, form: [], multipart: [], body: 'x' } }], ['wrong parts', { load, request: { ...request, multipart: [{}, { name: 'a' }, { name: 'b', value: 'x', base64: '!' }, 5] } }],
  ['HTTP in a WebSocket', { load, request: { url: 'ws://x/', method: 'POST', body: 'x', send: 'y', expect: 'events 3' }, transport: { follow: true, proxy: 'http://p:1', protocol: 'http2' } }],
  ['HTTP in TCP', { load, request: { url: 'tcp://x', headers: { a: 'b' } }, checks: ['status == 200'] }], ['wrong gRPC', { load, request: { url: 'grpc://x:1/y', message: '[', body: 'x', headers: { te: 'x' } } }],
  ['wrong streams', { load, request: { ...request, stream: 'sse', expect: 'echo', method: 'HEAD' }, transport: { follow: true, proxy: 'http://p:1' } }], ['an expectation without a stream', { load, request: { ...request, expect: 'any' } }],
  ['wrong steps', { load, stepOrder: 'sequence', steps: [{ name: 'a', request, weight: 0, thinkTime: '5s-1s', extract: { 't t': 5 } }, { name: 'a', request: { url: 'tcp://x:1' }, extract: { t: 'nope' }, weight: 3 }] }],
  ['an order without steps', { load, request, stepOrder: 'weighted', cookies: false }], ['wrong names and tags', { load, request, name: '', tags: { a: '' } }],
  ['warnings', { load, request: { method: 'PSOT', url: 'https://x/#top', headers: { 'content-type': 'application/json' }, body: '{"a":1,}' } }],
])('leaves no English in the problems of a task with %s', (_, input) => {
  const parsed = parseTaskSpec(input)
  const texts = [...(parsed.ok ? [] : parsed.problems), ...parsed.warnings].flatMap(({ message, hint }) => [message, hint ?? ''])
  if (!parsed.ok) {
    try {
      requireTaskSpec(input)
    } catch (error) {
      if (error instanceof AppError) texts.push(error.message)
    }
  }
  expect(texts.length).toBeGreaterThan(0)
  const left = texts.filter(Boolean).filter((text) => zh(text) === text || ENGLISH.test(ours(zh(text))))
  expect(left.map((text) => `${text} → ${zh(text)}`)).toEqual([])
})
