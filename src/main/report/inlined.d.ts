/** A module bundled for a browser, as text; see `scripts/inline-script.mjs`. */
declare module '*?script' {
  const text: string
  export default text
}

/** A file as text. */
declare module '*?raw' {
  const text: string
  export default text
}
