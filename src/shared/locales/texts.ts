/** Languages of the product. */
export type Language = 'en' | 'zh-CN'

/** A dictionary: both languages side by side, so that a missing one is a type error. `{name}` is a parameter. */
export type Texts = Record<string, Record<Language, string>>

/** English template → Chinese one. `{0}`, `{1}`: the holes in the order of the English. */
export type Chinese = Readonly<Record<string, string>>
