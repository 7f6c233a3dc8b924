// `npm run schema`: resources/task.schema.json from src/shared/task/task-schema.ts. Run it after every change of what a task may say.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { taskFileSchema } from '../src/shared/task/task-file-schema.ts'

const file = fileURLToPath(new URL('../resources/task.schema.json', import.meta.url))
writeFileSync(file, `${JSON.stringify(taskFileSchema(), null, 2)}\n`)
process.stdout.write(`Wrote ${file}.\n`)
