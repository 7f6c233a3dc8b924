import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IdleStack } from '../../../../src/main/engine/lanes/idle-stack.ts'

class Item {
  above: Item | null = null
  below: Item | null = null
}

describe('the stack of idle connections', () => {
  it('gives back the last one first, also after some were taken out of the middle', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('push', 'pop', 'remove'), fc.nat(20))), (steps) => {
        const stack = new IdleStack<Item>()
        const plain: Item[] = []
        for (const [step, at] of steps) {
          if (step === 'push') {
            const item = new Item()
            stack.push(item)
            plain.push(item)
          } else if (step === 'pop') {
            expect(stack.pop()).toBe(plain.pop() ?? null)
          } else {
            const [item] = plain.splice(at, 1)
            if (item !== undefined) stack.remove(item)
          }
          expect(stack.size).toBe(plain.length)
        }
        while (plain.length > 0) expect(stack.pop()).toBe(plain.pop())
        expect(stack.pop()).toBeNull()
      }),
    )
  })

  it('takes no notice of an item that is not on it', () => {
    const stack = new IdleStack<Item>()
    const item = new Item()
    stack.push(item)
    stack.remove(new Item())
    expect(stack.pop()).toBe(item)
    stack.remove(item)
    expect(stack.size).toBe(0)
  })
})
