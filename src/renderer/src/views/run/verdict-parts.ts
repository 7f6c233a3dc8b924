/**
 * A sentence in two weights: what is so, and the rest. Cut after the first clause; a full-width mark needs no space
 * behind it, a Latin one does (so that figures such as 99.7 stay whole).
 */
export function verdictParts(sentence: string): { lead: string; rest: string } {
  const match = /^(.*?(?:[:.;,](?=\s)|[：。；，]))\s*(.*)$/s.exec(sentence)
  const [, lead = sentence, rest = ''] = match ?? []
  return rest === '' ? { lead: sentence, rest: '' } : { lead, rest }
}
