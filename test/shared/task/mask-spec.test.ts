import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MASK, maskProblems, maskSpec, unmasked } from '../../../src/shared/task/mask-spec.ts'
import { requireTaskSpec } from '../../../src/shared/task/task-schema.ts'
import type { TaskSpec } from '../../../src/shared/task/task.ts'

const KEY = '-----BEGIN PRIVATE KEY-----\ngeheim\n-----END PRIVATE KEY-----'

function task(more: object): TaskSpec {
  return requireTaskSpec({ load: { rate: 1, duration: '1s' }, request: { url: 'http://127.0.0.1/' }, ...more })
}

const FULL = task({
  env: { TOKEN: 'geheim', OTHER: 'geheim 2' },
  auth: { type: 'oauth2', tokenUrl: 'https://a.example/t', clientId: 'me', clientSecret: 'geheim {{env.TOKEN}}' },
  transport: { proxy: 'http://me:geheim@127.0.0.1:3128', cert: '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----', key: KEY },
})

describe('a task as it is shown', () => {
  it('has masks in the places of its secrets, and is a task nevertheless', () => {
    const shown = maskSpec(FULL)
    expect(JSON.stringify(shown)).not.toContain('geheim')
    expect(shown).toMatchObject({ env: { TOKEN: MASK, OTHER: MASK }, auth: { clientId: 'me', clientSecret: MASK }, transport: { proxy: `http://me:${MASK}@127.0.0.1:3128` } })
    expect(requireTaskSpec(shown)).toEqual(shown)
  })

  it('shows where a secret is, not what it is', () => {
    const auth = { type: 'bearer', token: '{{env.TOKEN}}' }
    expect(maskSpec(task({ auth, env: { TOKEN: 'geheim' } }))).toMatchObject({ auth, env: { TOKEN: MASK } })
    expect(maskSpec(task({ auth: { type: 'basic', username: 'ada', password: 'geheim' } })).auth).toEqual({ type: 'basic', username: 'ada', password: MASK })
    expect(maskSpec(task({ auth: { type: 'basic', username: 'ada' } })).auth).toEqual({ type: 'basic', username: 'ada', password: '' })
    expect(maskSpec(task({ auth: { type: 'api-key', name: 'k', value: 'geheim' } })).auth).toMatchObject({ name: 'k', value: MASK })
    expect(maskSpec(task({ transport: { proxy: 'http://127.0.0.1:3128' } })).transport.proxy).toBe('http://127.0.0.1:3128')
  })

  it('that comes back unchanged is the one that is stored', () => {
    expect(unmasked(maskSpec(FULL), FULL)).toEqual(FULL)
    expect(maskProblems(unmasked(maskSpec(FULL), FULL) as TaskSpec)).toEqual([])
    const text = fc.string({ unit: 'grapheme', maxLength: 20 })
    fc.assert(fc.property(text, text, fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), text), (username, password, env) => {
      const stored: TaskSpec = { ...FULL, env, auth: { type: 'basic', username, password } }
      expect(unmasked(maskSpec(stored), stored)).toEqual(stored)
    }))
  })

  it('takes what was typed over a mask, and nothing that belongs elsewhere', () => {
    const shown = maskSpec(FULL)
    expect(unmasked({ ...shown, env: { TOKEN: 'new', OTHER: MASK } }, FULL)).toMatchObject({ env: { TOKEN: 'new', OTHER: 'geheim 2' } })
    const moved = unmasked({ ...shown, env: { FRESH: MASK }, auth: { type: 'bearer', token: MASK }, transport: { ...shown.transport, proxy: `http://you:${MASK}@127.0.0.1:3128` } }, FULL) as TaskSpec
    expect(maskProblems(moved).map(({ path }) => path)).toEqual(['env.FRESH', 'auth.token', 'transport.proxy'])
    expect(maskProblems(maskSpec(FULL)).map(({ path }) => path)).toEqual(['env.TOKEN', 'env.OTHER', 'auth.clientSecret', 'transport.key', 'transport.proxy'])
  })

  it('is not thrown at by what is no task', () => {
    for (const input of [null, 1, 'x', [], { env: 1, auth: [], transport: null }, { env: null }]) expect(() => unmasked(input, FULL)).not.toThrow()
  })
})
