import { shareableSpec } from '../../shared/task/shareable-spec.ts'
import { taskCommand } from '../../shared/task/task-command.ts'
import { isForCurl, toCurl } from '../../shared/task/to-curl.ts'
import type { TaskSpec } from '../../shared/task/task.ts'
import type { TaskTexts } from './data.ts'

/** A task that curl cannot do, such as one of steps or over a WebSocket, has no cURL form. */
export async function taskTexts(spec: TaskSpec): Promise<TaskTexts> {
  const { stringify } = await import('yaml')
  const shown = shareableSpec(spec)
  return { yaml: stringify(shown, { lineWidth: 0 }), curl: isForCurl(spec) ? attempt(() => toCurl(shown)) : null, command: taskCommand(shown) }
}

/** What is masked may be no address any more. */
function attempt(write: () => string): string | null {
  try {
    return write()
  } catch {
    return null
  }
}
