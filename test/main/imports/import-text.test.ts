import { existsSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { importText } from '../../../src/main/imports/import-text.ts'
import { importInThread } from '../../../src/main/imports/in-thread.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { importTexts } from '../../../src/shared/locales/imports.ts'
import { parseTaskSpec } from '../../../src/shared/task/task-schema.ts'
import { corpus, imported } from './imported.ts'
import type { Imported, ImportInput } from '../../../src/shared/contract/contract.ts'

const entry = new URL('../../../src/main/imports/import-thread.ts', import.meta.url)
const FILES = ['chrome.har', 'firefox.har', 'charles.har', 'petstore-3.0.yaml', 'events-3.1.json', 'shop-2.1.postman.json', 'old-2.0.postman.json', 'inspect.k6.json', 'targets.vegeta.txt', 'targets.vegeta.jsonl']

/** Either a sound task with sentences that are known, or a refusal with a cure. */
async function sound(input: ImportInput): Promise<Imported | null> {
  try {
    const result = await importText(input)
    expect(parseTaskSpec(result.spec)).toMatchObject({ ok: true, value: result.spec })
    for (const { key } of [...result.taken, ...result.skipped.map(({ sentence }) => sentence)]) expect(importTexts).toHaveProperty([key])
    return result
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(error).toMatchObject({ code: 'bad-input', hint: expect.stringMatching(/./) })
    return null
  }
}

describe('the format of a text', () => {
  it.each([
    ['curl', "curl 'http://x/' -H 'a: b'"], ['curl', '$ curl.exe http://x/'], ['har', corpus('charles.har')], ['openapi', corpus('petstore-3.0.yaml')], ['openapi', corpus('events-3.1.json')], ['postman', corpus('shop-2.1.postman.json')],
    ['postman', corpus('old-2.0.postman.json')], ['k6', corpus('inspect.k6.json')], ['vegeta', corpus('targets.vegeta.txt')], ['vegeta', corpus('targets.vegeta.jsonl')], ['k6', 'vus: 3\nduration: 10s\n'],
  ])('is told by itself: %s', async (format, text) => {
    expect((await imported(text)).format).toBe(format)
  })

  it.each<[string, string, string]>([
    ['a task file that is broken', 'schema: stampede.task/1\nload: { rate: fast }\nrequest: { url: http://x }', 'no rate'],
    ['a fetch of a browser', 'fetch("https://x/", { "method": "GET" });', 'another program'],
    ['JMeter', '<?xml version="1.0"?><jmeterTestPlan/>', 'XML'],
    ['Insomnia', '{"_type":"export","resources":[]}', 'Insomnia'],
    ['nothing', '  \n', 'nothing in it'],
    ['prose', 'Dear all,\nplease find attached', 'no format'],
    ['some JSON', '{"a":1}', 'no format'],
    ['JSON that is cut off', '{"log":{"entries":[{"req', 'JSON is broken'],
    ['YAML that is broken', 'openapi: 3.0.0\n  paths: [', 'neither JSON nor YAML'],
  ])('is refused with words for %s', async (_, text, words) => {
    await expect(imported(text)).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining(words), hint: expect.stringMatching(/./) })
  })
})

it('a task file is taken as it is', async () => {
  const { format, spec, skipped } = await imported('schema: stampede.task/1\nload: { rate: 1, duration: 1s }\nrequest: { url: http://x/ }')
  expect({ format, skipped, url: spec.request.url }).toEqual({ format: undefined, skipped: [], url: 'http://x/' })
})

describe('a hostile file', () => {
  const deep = (open: string, close: string): string => open.repeat(100_000) + close.repeat(100_000)
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(',')}]`).join('\n')}\n`
  it.each<[string, string]>([
    ['deep lists', `{"log":{"entries":${deep('[', ']')}}}`],
    ['deep objects', `{"openapi":"3.0.0","paths":${deep('{"a":', '}').replace('}', '1}')}}`],
    ['deep YAML', `openapi: 3.0.0\npaths: ${'['.repeat(20_000)}`],
    ['a bomb of aliases', `openapi: 3.0.0\n${bomb}`],
    ['an alias in itself', 'openapi: 3.0.0\npaths: &p { /a: *p }'],
    ['folders without end', `{"info":{"schema":"getpostman.com"},"item":${'[{"item":'.repeat(1000)}[]${'}]'.repeat(1000)}}`],
    ['more than 32 MiB', `{"a":"${'x'.repeat(33_554_432)}"}`],
    ['millions of values', `{"log":{"entries":[${'[],'.repeat(5_000_001)}1]}}`],
  ])('with %s is refused', async (_, text) => {
    expect(await sound({ format: 'auto', text })).toBeNull()
  })

  it('cannot reach the prototype of anything', async () => {
    const text = `{"openapi":"3.0.0","info":{"title":"x"},"servers":[{"url":"http://x"}],"__proto__":{"polluted":1},"paths":{"/a":{"post":{"requestBody":{"content":{"application/json":{"example":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}}}}}},"components":{"schemas":{"__proto__":{"polluted":1}}}}`
    expect(await sound({ format: 'openapi', text })).not.toBeNull()
    expect(await sound({ format: 'auto', text: 'openapi: 3.0.0\n__proto__: { polluted: 1 }\npaths: { /a: { get: { __proto__: { polluted: 1 } } } }' })).not.toBeNull()
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('full of anything, in the place of anything, is imported soundly or refused with words', async () => {
    const documents = FILES.filter((name) => /har|json$|yaml/.test(name)).map((name) => corpus(name).replace(/^\ufeff/, ''))
    const { parse } = await import('yaml')
    const trees = documents.map((text) => (text.startsWith('{') ? JSON.parse(text) : parse(text)) as unknown)
    const junk = fc.oneof(fc.anything({ maxDepth: 2 }), fc.constantFrom<unknown>(null, '', 0, -1, 1e308, true, [], {}, '{{', '{{x}}', 'http://', '://', 'a\r\nb', '\ud800', { $ref: '#/components/schemas/NewAnimal' }, { $ref: '#/' }, { $ref: '#/paths' }, [[[]]], 'x'.repeat(70_000)))
    await fc.assert(fc.asyncProperty(fc.constantFrom(...trees), fc.array(fc.tuple(fc.nat(), junk), { minLength: 1, maxLength: 4 }), async (tree, changes) => {
      const copy = structuredClone(tree)
      // Copied: the same value in two places would lie within itself once the second is within the first.
      for (const [place, value] of changes) replaceAt(copy, place, structuredClone(value))
      const text = JSON.stringify(copy)
      if (text !== undefined) await sound({ format: 'auto', text })
    }), { numRuns: 400 })
  }, 60_000)

  it('cut off or with a character changed anywhere is imported soundly or refused with words', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...FILES), fc.nat(), fc.string({ unit: 'binary', maxLength: 3 }), fc.boolean(), async (name, place, change, isCut) => {
      const text = corpus(name)
      const at = place % text.length
      await sound({ format: 'auto', text: text.slice(0, at) + change + (isCut ? '' : text.slice(at + 1)) })
    }), { numRuns: 300 })
  }, 60_000)
})

describe('in a thread of its own', () => {
  it('a file is imported just the same', async () => {
    const input: ImportInput = { format: 'auto', text: corpus('shop-2.1.postman.json'), select: ['Create'] }
    expect(await importInThread(entry, input)).toEqual(await importText(input))
  })

  it('a refusal keeps its words', async () => {
    await expect(importInThread(entry, { format: 'har', text: '{}' })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('log.entries'), problems: [{ path: 'text' }] })
  })

  it('a file that takes too long is given up', async () => {
    await expect(importInThread(entry, { format: 'auto', text: `openapi: 3.0.0\npaths:\n${'  /a: { get: { summary: "x" } }\n'.replace('/a', '/').repeat(1)}${Array.from({ length: 200_000 }, (_, i) => `  /p${i}: { get: {} }\n`).join('')}` }, 50)).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('longer than') })
  })

  it('a file of a user is never read for it', async () => {
    expect(existsSync('package.json')).toBe(true)
    const result = await importInThread(entry, { format: 'vegeta', text: 'POST http://x.test/\n@package.json\n\nGET http://x.test/' })
    expect(result.skipped).toMatchObject([{ what: '@package.json', sentence: { key: 'imports.skipped.body-file' } }])
  })
})

/** Puts a value in the n-th place of a tree. */
function replaceAt(tree: unknown, place: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key])
      visit((node as Record<string, unknown>)[key])
    }
  }
  visit(tree)
  const found = places[place % Math.max(1, places.length)]
  if (found !== undefined) found[0][found[1]] = value
}

it('a whole document on one line is told from lines of requests', async () => {
  const collection = { info: { name: 'shop', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' }, item: [{ name: 'a', request: { method: 'GET', url: 'http://127.0.0.1:9/a' } }] }
  expect((await importText({ format: 'auto', text: JSON.stringify(collection) })).format).toBe('postman')
  expect((await importText({ format: 'auto', text: '{"method":"GET","url":"http://127.0.0.1:9/a"}' })).format).toBe('vegeta')
})
