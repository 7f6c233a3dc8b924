import { describe, expect, it } from 'vitest'
import { place, shellOf, splitWords } from '../../../../src/main/imports/curl/shell-words.ts'

describe('the shell that a command was written for', () => {
  it.each([
    ["curl 'http://x' \\\n -d a", 'posix'],
    ['curl http://x', 'posix'],
    [`curl http://x -d '{"re":"^"}'`, 'posix'],
    ['curl http://x -d "`date`"', 'posix'],
    ['curl "http://x" ^\r\n -d a', 'cmd'],
    ['curl ^"http://x^"', 'cmd'],
    ["curl 'http://x' `\n -d a", 'powershell'],
    ['curl.exe http://x', 'powershell'],
  ])('of %j is %s', (text, shell) => {
    expect(shellOf(text)).toBe(shell)
  })
})

describe('words', () => {
  it('keep their place in the text', () => {
    const text = "curl \\\n  'a b'  c"
    expect(splitWords(text).words.map(({ at }) => place(text, at))).toEqual(['line 1, column 1', 'line 2, column 3', 'line 2, column 10'])
  })

  it('may be empty when they are quoted', () => {
    expect(splitWords(`a '' ""`).words.map(({ text }) => text)).toEqual(['a', '', ''])
  })

  it('end where another command or a redirection begins', () => {
    expect(splitWords('curl a > out.txt')).toMatchObject({ words: [{ text: 'curl' }, { text: 'a' }], tail: '> out.txt' })
    expect(splitWords('curl a && rm -rf x')).toMatchObject({ words: [{ text: 'curl' }, { text: 'a' }], tail: '&& rm -rf x' })
    expect(splitWords('curl a;')).toMatchObject({ words: [{ text: 'curl' }, { text: 'a' }], tail: ';' })
    expect(splitWords("curl 'a|b;c&d>e'")).toMatchObject({ words: [{ text: 'curl' }, { text: 'a|b;c&d>e' }], tail: '' })
  })

  it('keep what a shell would fill in, and name it', () => {
    expect(splitWords('a "$X" $(b "c d") `e` ${F} \'$G\' "\\$H"').expansions).toEqual(['$X', '$(b "c d")', '`e`', '${F}'])
    expect(splitWords('a ^\n %USERNAME%').expansions).toEqual(['%USERNAME%'])
    expect(splitWords('curl.exe "$env:X" \'$Y\'').expansions).toEqual(['$env:X'])
  })
})
