/** Says something to the user; `bad`: it wants looking into. */
export type Tell = (text: string, level?: 'warn' | 'bad') => void
