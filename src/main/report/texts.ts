import { shareableSpec } from '../../shared/shareable-spec.ts'
import { taskCommand } from '../../shared/task-command.ts'
import type { TaskSpec } from '../../shared/task.ts'
import type { TaskTexts } from './data.ts'

/** @param toCurl of the room that knows cURL. A task that it cannot tell, such as one over a WebSocket, has no cURL form. */
export async function taskTexts(spec: TaskSpec, toCurl: (spec: TaskSpec) => string): Promise<TaskTexts> {
  const { stringify } = await import('yaml')
  const shown = shareableSpec(spec)
  return { yaml: stringify(shown, { lineWidth: 0 }), curl: /^https?:/.test(shown.request.url) ? attempt(() => toCurl(shown)) : null, command: taskCommand(shown) }
}

function attempt(write: () => string): string | null {
  try {
    return write()
  } catch {
    return null
  }
}
