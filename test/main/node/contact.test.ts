import { beforeEach, describe, expect, test } from 'vitest'
import { Contact } from '../../../src/main/node/work/contact.ts'

const LEASE_MS = 10_000

describe('the lease on sending', () => {
  const at = { now: 1_700_000_000_000, monotonic: 5000, wall: 1_700_000_000_000, uptime: 90_000 }
  let clocks: typeof at
  let contact: Contact
  beforeEach(() => {
    clocks = { ...at }
    contact = new Contact({ now: () => clocks.now, monotonic: () => clocks.monotonic, wall: () => clocks.wall, uptime: () => clocks.uptime }, { runLeaseMs: LEASE_MS })
  })

  function pass(ms: number, except: (keyof typeof at)[] = []): void {
    for (const clock of ['now', 'monotonic', 'wall', 'uptime'] as const) if (!except.includes(clock)) clocks[clock] += ms
  }

  test('runs from when a heartbeat was sent, not from when it was answered', () => {
    pass(3000)
    contact.look()
    const sent = contact.mark()
    pass(1000)
    contact.renew(sent)
    expect(contact.untilMs).toBe(at.now + 13_000)
    pass(8999)
    expect(contact.look()).toEqual({ isOver: false, slept: false })
    pass(1)
    expect(contact.look().isOver).toBe(true)
  })

  test.each(['monotonic', 'wall', 'uptime'] as const)('is over when it is over on the %s clock alone', (clock) => {
    clocks[clock] += LEASE_MS
    expect(contact.look().isOver).toBe(true)
  })

  test('is over after a sleep in which the monotonic clock stood still and the wall clock was set back', () => {
    pass(60_000, ['now', 'monotonic'])
    clocks.wall -= 60_000
    expect(contact.look()).toEqual({ isOver: true, slept: true })
  })

  test('calls it a sleep once, and not when the wall clock is set', () => {
    clocks.wall += 3_600_000
    expect(contact.look().slept).toBe(false)
    clocks.uptime += 4000
    expect([contact.look().slept, contact.look().slept]).toEqual([true, false])
  })

  test('is over at once when it is revoked, until the next answer', () => {
    contact.revoke()
    expect([contact.isOver, contact.untilMs]).toEqual([true, 0])
    contact.renew(contact.mark())
    expect(contact.isOver).toBe(false)
  })

  test('is not renewed by an answer that was under way for longer than 1.5 s', () => {
    const sent = contact.mark()
    pass(1500)
    expect(contact.isFresh(sent)).toBe(true)
    pass(1)
    expect(contact.isFresh(sent)).toBe(false)
  })

  test('has no end on a machine that is alone', () => {
    contact = new Contact({ now: () => clocks.now, monotonic: () => clocks.monotonic, wall: () => clocks.wall, uptime: () => clocks.uptime }, { runLeaseMs: Infinity })
    pass(1e9)
    contact.revoke()
    expect([contact.isLimited, contact.look().isOver]).toEqual([false, false])
  })
})
