import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskVariables } from '../../../src/shared/task/template-mask.ts'
import { parseTemplate } from '../../../src/shared/task/template-text.ts'
import type { KnownNames } from '../../../src/shared/task/template-text.ts'

const known: KnownNames = { vars: ['region'], env: ['TOKEN'], data: { users: ['id', 'name'], later: null } }

describe('a text with variables', () => {
  it('is cut into literals and variables', () => {
    const parsed = parseTemplate('/{{users.id}}/{{ int 1 5 }}-{{int -3 3}}{{seq}}{{uuid}}{{now}}{{now iso}}{{now s}}{{vars.region}}{{env.TOKEN}}{{later.any}}!', known)
    expect(parsed).toEqual({ ok: true, parts: [
      '/', { kind: 'data', data: 'users', column: 'id' }, '/', { kind: 'int', from: 1, to: 5 }, '-', { kind: 'int', from: -3, to: 3 }, { kind: 'seq' }, { kind: 'uuid' },
      { kind: 'now', format: 'ms' }, { kind: 'now', format: 'iso' }, { kind: 'now', format: 's' }, { kind: 'vars', name: 'region' }, { kind: 'env', name: 'TOKEN' }, { kind: 'data', data: 'later', column: 'any' }, '!',
    ] })
  })

  it('has a way to say braces themselves', () => {
    expect(parseTemplate(`a{{'{{'}}name}}b{{"it's"}}`, known)).toEqual({ ok: true, parts: ["a{{name}}bit's"] })
  })

  it('leaves JSON alone', () => {
    const json = '{"a":{"b":{"c":[1,{}]}},"d":{{int 1 5}}}'
    expect(parseTemplate(json, known)).toEqual({ ok: true, parts: ['{"a":{"b":{"c":[1,{}]}},"d":', { kind: 'int', from: 1, to: 5 }, '}'] })
  })

  it.each<[string, string]>([
    ['{{usr.id}}', 'Did you mean {{users.id}}?'],
    ['{{users.nmae}}', 'Did you mean {{users.name}}?'],
    ['{{vars.regoin}}', 'Did you mean {{vars.region}}?'],
    ['{{vars.zzzzzzzz}}', '--var zzzzzzzz='],
    ['{{uid}}', 'Did you mean {{uuid}}?'],
    ['{{int 1}}', '{{int 1 5}}'],
    ['{{int a b}}', '{{int 1 5}}'],
    ['{{now utc}}', '{{now iso}}'],
    ['{{seq 5}}', 'Write {{seq}}.'],
    ['{{}}', '{{seq}}'],
    ['{{a {b}}', "{{'{{'}}"],
    ['x {{seq', 'Write for example {{seq}}'],
  ])('%s is refused with the cure', (text, cure) => {
    const parsed = parseTemplate(text, known)
    expect(parsed).toMatchObject({ ok: false, hint: expect.stringContaining(cure) })
  })

  it('never fails to be read or refused, whatever it is, and without braces it is itself', () => {
    const piece = fc.oneof(fc.constantFrom('{{', '}}', '{', '}', "'", '"', ' ', '.', 'int', '1', 'users', 'seq', '{{seq}}'), fc.string())
    fc.assert(fc.property(fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')), (text) => {
      const parsed = parseTemplate(text, known)
      if (parsed.ok && !text.includes('{{')) expect(parsed.parts).toEqual(text === '' ? [] : [text])
      if (!parsed.ok) expect(parsed.hint).not.toBe('')
    }))
  })

  it('is read in linear time, however many braces are left open', () => {
    expect(parseTemplate('{{'.repeat(100_000) + 'x'.repeat(100_000)).ok).toBe(false)
    expect(parseTemplate(`{{'${'x'.repeat(100_000)}`.repeat(3)).ok).toBe(false)
  })
})

describe('masked variables', () => {
  it('come back in their places, whatever stands around them', () => {
    const piece = fc.oneof(fc.constantFrom('{{seq}}', '{{int 1 5}}', 'xvx', 'xv', 'vx', 'x', '0', '1'), fc.string())
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')), (text) => {
      const { text: masked, restore } = maskVariables(text)
      expect(masked).not.toMatch(/\{\{\s*seq\s*\}\}/)
      expect(restore(masked)).toBe(text)
    }))
  })
})
