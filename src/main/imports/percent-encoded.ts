/** For a part of a URL. Half a surrogate pair, which files may hold, becomes U+FFFD: `encodeURIComponent` throws at it. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
