/** A value that does not fit its field. `path` leads to it from the message: `items[0].quantity`. */
export class MessageError extends Error {
  readonly hint: string
  path = ''

  constructor(message: string, hint = '') {
    super(message)
    this.hint = hint
  }

  /** The value lies within this member or element. */
  within(step: string): this {
    this.path = this.path === '' || this.path.startsWith('[') ? `${step}${this.path}` : `${step}.${this.path}`
    return this
  }
}
