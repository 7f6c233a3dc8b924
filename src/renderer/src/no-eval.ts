import { config } from 'zod'

/** Zod may compile its checks with `new Function`, which our content security policy forbids. Import this first. */
config({ jitless: true })
