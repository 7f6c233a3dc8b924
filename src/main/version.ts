import manifest from '../../package.json' with { type: 'json' }

/** The product's version: one place, package.json. */
export const VERSION: string = manifest.version
