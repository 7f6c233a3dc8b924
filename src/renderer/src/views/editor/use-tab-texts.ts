import { useText } from '../../composables/use-text.ts'
import type { TabName } from './editor-tabs.ts'
import { jsonFault, looksLikeJson } from './json-text.ts'
import { queryRows } from './query-rows.ts'
import { useDraft } from './use-draft.ts'

/** What a tab is called, and what it says of what is behind it. */
export function useTabTexts(): { labelOf: (tab: TabName) => string; noteOf: (tab: TabName) => string } {
  const draft = useDraft()
  const { t } = useText()

  function labelOf(tab: TabName): string {
    return t(tab === 'call' ? 'editor.message' : tab === 'headers' && draft.protocol.value === 'grpc' ? 'call.metadata' : `editor.${tab}`)
  }

  function noteOf(tab: TabName): string {
    const { form, request: { value: request } } = draft
    switch (tab) {
      case 'query': return countOf(queryRows(request.url).length)
      case 'headers': return countOf(request.headers.length)
      case 'body': return bodyNote()
      case 'auth': return form.auth.type === 'none' ? '' : t(`auth.short.${form.auth.type}`)
      case 'answer': return request.stream === '' ? '' : t(`stream.${request.stream}`)
      case 'transport': return form.transport.insecure ? t('editor.insecureShort') : ''
      case 'data': return form.data.length > 1 ? countOf(form.data.length) : (form.data[0]?.file.replace(/^.*[/\\]/, '') ?? '')
      case 'variables': return countOf(form.vars.length + form.env.length)
      case 'steps': return form.stepwise ? countOf(form.steps.length) : ''
      case 'message':
      case 'call': return ''
    }
  }

  function bodyNote(): string {
    const { bodyKind, body, form, parts } = draft.request.value
    if (bodyKind === 'form') return countOf(form.length)
    if (bodyKind === 'multipart') return countOf(parts.length)
    if (bodyKind === 'file') return t('editor.file')
    if (body === '') return ''
    if (!looksLikeJson(body)) return t('editor.text')
    return jsonFault(body) === null ? 'JSON' : 'JSON ▲'
  }

  return { labelOf, noteOf }
}

function countOf(n: number): string {
  return n === 0 ? '' : String(n)
}
