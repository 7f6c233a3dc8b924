/** Gives a text to the user as a file: the browser's download, the desktop's save dialog. */
export function download(text: string, mediaType: string, fileName: string): void {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob([text], { type: mediaType })), download: fileName })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
