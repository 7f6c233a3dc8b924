import { list, record, text } from '../foreign.ts'
import { refusal, shorten } from '../import-notes.ts'
import type { Foreign } from '../foreign.ts'
import type { ImportNotes } from '../import-notes.ts'

/** Base URLs of a document, with the default values of their variables. */

const NOWHERE = 'http://127.0.0.1:8080'

export interface Server {
  url: string
  description: string
}

export function serversOf(holder: Foreign): Server[] {
  return list(holder['servers']).map(record).map((server) => ({ url: filled(text(server['url']) ?? '', record(server['variables'])), description: text(server['description']) ?? '' }))
}

function filled(url: string, variables: Foreign): string {
  return url.replace(/\{([^{}]{1,100})\}/g, (_, name: string) => {
    const variable = record(Object.hasOwn(variables, name) ? variables[name] : undefined)
    return text(variable['default']) ?? text(list(variable['enum'])[0]) ?? name
  })
}

/** What the user wants: a URL, or a part of the URL or the description of one of the document's. Throws AppError `bad-input`. */
export function wantedServer(wanted: string | undefined, servers: readonly Server[]): string | undefined {
  if (wanted === undefined || /^https?:\/\//i.test(wanted)) return wanted
  const found = servers.find(({ url, description }) => `${url} ${description}`.toLowerCase().includes(wanted.toLowerCase()))
  if (found !== undefined) return found.url
  throw refusal(`None of the servers of the document fits ${shorten(wanted)}.`, servers.length === 0 ? 'Write it as https://host.' : `There are: ${servers.slice(0, 8).map(({ url }) => shorten(url)).join(', ')}.`, 'server')
}

/** Whole base URL without a slash at its end; a path alone lacks a host, which is told. */
export function baseUrl(server: string | undefined, notes: ImportNotes): string {
  const url = (server ?? '').replace(/\/+$/, '')
  if (/^https?:\/\/[^/]/i.test(url)) return url
  if (/^\/\/[^/]/.test(url)) return `https:${url}`
  notes.skip(url === '' ? 'servers' : url, 'no-host', { server: NOWHERE })
  return `${NOWHERE}${url === '' || url.startsWith('/') ? url : `/${url}`}`
}
