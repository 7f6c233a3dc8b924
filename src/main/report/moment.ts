/** `2026-11-23 14:02:11`, in the zone of who made the report: the same wherever it is opened. */
export function moment(at: string | number, zone: string): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return '–'
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(date)
}
