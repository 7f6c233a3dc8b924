import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventParser } from '../../../../src/main/engine/lanes/event-parser.ts'

function eventsOf(text: string, cuts: number[] = []): string[] {
  const events: string[] = []
  const parser = new EventParser(true, (data) => (events.push(data.toString('utf8')), false))
  const bytes = Buffer.from(text, 'utf8')
  const places = [0, ...[...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b), bytes.length]
  for (let i = 1; i < places.length; i++) parser.push(bytes, places[i - 1]!, places[i]!)
  return events
}

/** As the standard tells it, over the whole text at once. */
function expectedOf(text: string): string[] {
  const events: string[] = []
  let data: string[] = []
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)
  for (const line of lines.slice(0, -1)) {
    if (line === '') {
      if (data.length > 0) events.push(data.join('\n'))
      data = []
    }
    const [, name, value = ''] = /^([^:]*)(?::( ?[^]*))?$/.exec(line) ?? []
    if (name === 'data') data.push(value.replace(/^ /, ''))
  }
  return events
}

describe('events', () => {
  it.each<[string, string[]]>([
    ['data: a\n\n', ['a']],
    ['data:a\r\n\r\ndata:  b\r\r', ['a', ' b']],
    ['data: a\ndata\ndata: b\n\n', ['a\n\nb']],
    [': comment\n\nid: 1\nevent: x\n\n', []],
    ['\ufeffdata: a\n\n', ['a']],
    ['database: a\ndat: b\ndata x: c\n\n', []],
    ['data: a\n', []],
    ['data\n\n', ['']],
    ['data: [DONE]\n\nrest', ['[DONE]']],
  ])('of %j', (text, events) => expect(eventsOf(text)).toEqual(events))

  it('are the same wherever they are cut, and those of the standard', () => {
    const text = fc.array(fc.constantFrom('data', 'data:', 'data: ', ':', ' ', 'a', 'ü', '\n', '\r', '\r\n', '\n\n', 'id: 1', 'dat'), { maxLength: 30 }).map((parts) => parts.join(''))
    fc.assert(fc.property(text, fc.array(fc.nat(200), { maxLength: 6 }), (stream, cuts) => {
      // A CR at the very end may have its LF still to come; the line is over all the same.
      expect(eventsOf(stream, cuts)).toEqual(expectedOf(stream))
    }), { numRuns: 3000 })
  })

  it('beyond a MiB of data are not kept', () => {
    expect(eventsOf(`data: ${'x'.repeat(2_000_000)}\n\n`)[0]).toHaveLength(1_048_576)
  })

  it('are not read after the one that was waited for', () => {
    const events: string[] = []
    const parser = new EventParser(true, (data) => events.push(data.toString()) === 2)
    parser.push(Buffer.from('data: a\n\ndata: b\n\ndata: c\n\n'), 0, 27)
    expect(events).toEqual(['a', 'b'])
  })
})
