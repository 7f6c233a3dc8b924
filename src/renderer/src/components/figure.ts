/** A formatted figure in two parts, number and unit, for places that set the unit smaller: `6.12 ms` → `6.12`, `ms`; `≈ 6.1 ms` → `≈ 6.1`, `ms`. */
export function figureParts(text: string): { number: string; unit: string } {
  const match = /^([<>]?(?:[≈≤] )?[\d.,–−+]+)\s*(.*)$/.exec(text)
  return match === null ? { number: text, unit: '' } : { number: match[1] ?? text, unit: match[2] ?? '' }
}
