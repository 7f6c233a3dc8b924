/** What JSON Schema can say of the fields of a task: for editors that complete a task file, and for the OpenAPI document. The readers of `task-fields.ts` judge. */

const DECIMAL = String.raw`(\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?|\.\d+)[kKM]?`
const RATE = String.raw`^\s*${DECIMAL}\s*(([rR][eE][qQ]([uU][eE][sS][tT][sS])?)?\s?/\s?([sS]([eE][cC])?|[mM]([iI][nN])?|[hH])|[rR][pP][sS])?\s*$`
const DURATION = String.raw`^\s*(\d+(\.\d+)?|(?=\d)(\d+(\.\d+)?h)?(\d+(\.\d+)?m)?(\d+(\.\d+)?s)?(\d+(\.\d+)?ms)?)\s*$`

/** `500`, `500/s`, `12k`. @param least iterations per second. */
export function rateMeta(description: string, least: number) {
  return { type: ['number', 'string'], minimum: least, maximum: 10_000_000, pattern: RATE, description, examples: [500, '500/s', '12k', '30000/m'] }
}

/** `30s`, `1m30s`; a bare number means seconds. */
export function durationMeta(description: string, examples: string[]) {
  return { type: ['string', 'number'], minimum: 0, pattern: DURATION, description: `${description} A bare number means seconds.`, examples }
}

export function countMeta(description: string, most: number, examples: number[]) {
  return { type: ['integer', 'string'], minimum: 1, maximum: most, pattern: String.raw`^\s*${DECIMAL}\s*$`, description, examples }
}

/** Names and values, as under `vars`. */
export function valuesMeta(description: string, example: Record<string, string>) {
  return { type: 'object', propertyNames: { pattern: String.raw`^[A-Za-z_][\w-]{0,63}$` }, additionalProperties: { type: ['string', 'number', 'boolean'] }, description, examples: [example] }
}
