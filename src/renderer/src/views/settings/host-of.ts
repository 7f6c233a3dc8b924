/** The host of what somebody typed: `https://Api.Example.com/x`, `api.example.com:8080` → `api.example.com`; null: there is none in it. */
export function hostOf(text: string): string | null {
  const typed = text.trim()
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`
  if (typed === '' || /\s/.test(typed) || !URL.canParse(url)) return null
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  return host === '' ? null : host
}
