/** Variables stand in for words while a text is read by somebody who does not know them: a URL parser, for example. */

const EXPRESSION = /\{\{\s*(?:'[^']*'|"[^"]*"|[^{}'"]*?)\s*\}\}/g

export interface MaskedText {
  text: string
  /** The text that was read, with its variables back in their places. */
  restore: (text: string) => string
}

/** Puts a word of letters and digits in the place of each variable. The word is one that the text does not hold. */
export function maskVariables(text: string): MaskedText {
  const variables: string[] = []
  let mark = 'xvx'
  while (text.toLowerCase().includes(mark)) mark += 'vx'
  const masked = text.replace(EXPRESSION, (variable) => `${mark}${variables.push(variable) - 1}${mark}`)
  const marks = new RegExp(`${mark}(\\d+)${mark}`, 'g')
  return { text: masked, restore: (read) => (variables.length === 0 ? read : read.replace(marks, (whole, index: string) => variables[Number(index)] ?? whole)) }
}

/** The text with the same word in the place of each variable, for whoever only wants to know whether it makes sense. */
export function replaceVariables(text: string, word: string): string {
  return text.replace(EXPRESSION, word)
}
