import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

/** The colours of both themes, by their names. */
const css = readFileSync(new URL('../../src/shared/tokens.css', import.meta.url), 'utf8')
const THEMES = { dark: tokensOf(/\[data-theme='dark'\] \{([^}]*)\}/), light: tokensOf(/\n\[data-theme='light'\] \{([^}]*)\}/) }

function tokensOf(block: RegExp): Record<string, string> {
  return Object.fromEntries([...(block.exec(css)?.[1] ?? '').matchAll(/--([\w-]+): (#[\da-f]{3,6});/g)].map(([, name, colour]) => [name!, colour!]))
}

/** Relative luminance and contrast as WCAG 2 has them. */
function luminance(colour: string): number {
  const digits = colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit).join('') : colour.slice(1)
  const [red, green, blue] = [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high! + 0.05) / (low! + 0.05)
}

describe.each(Object.entries(THEMES))('the colours of the %s theme', (_, tokens) => {
  const at = (name: string): string => tokens[name] ?? expect.fail(`There is no token --${name}.`)

  test.each(['text', 'text-2', 'text-3', 'accent', 'ok', 'warn', 'bad'].flatMap((text) => ['bg', 'surface', 'raised', 'side'].map((ground) => [text, ground])))('%s can be read on %s', (text, ground) => {
    expect(contrast(at(text), at(ground))).toBeGreaterThanOrEqual(4.5)
  })

  test.each(['ok', 'warn', 'bad'])('%s can be read on its own ground', (tone) => {
    expect(contrast(at(tone), at(`${tone}-bg`))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(at('text'), at(`${tone}-bg`))).toBeGreaterThanOrEqual(4.5)
  })

  test('words on the accent can be read', () => {
    expect(contrast(at('on-accent'), at('accent'))).toBeGreaterThanOrEqual(4.5)
  })

  test.each(['surface', 'bg', 'field'])('controls stand out from %s', (ground) => {
    expect(contrast(at('control'), at(ground))).toBeGreaterThanOrEqual(3)
  })

  test.each(['p50', 'p95', 'p99', 'target'])('the line of %s stands out from its ground', (line) => {
    expect(contrast(at(line), at('surface'))).toBeGreaterThanOrEqual(3)
  })
})
