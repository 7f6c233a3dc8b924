/** `{{` of another program is text, not a variable of ours. */
export function literally(text: string): string {
  return text.replaceAll('{{', "{{'{{'}}")
}
