import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { markdownTable } from '../report.ts'
import type { Row } from '../row.ts'
import { browserVersion } from './gallery-page.ts'

/** docs/benchmarks-ui.md. */
export async function writeUiReport(file: string, rows: readonly Row[], command: string): Promise<void> {
  const machine = [
    `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, no graphics card`,
    `${await browserVersion()}, Node ${process.versions.node}`,
    `${new Date().toISOString().slice(0, 10)}`,
  ]
  await writeFile(file, [
    '# What the screens cost',
    '',
    `Written by \`${command}\`. Do not edit: run it again.`,
    '',
    ...machine.map((line) => `- ${line}`),
    '',
    ...markdownTable(rows),
    '',
    ...METHOD,
    '',
  ].join('\n'))
}

const METHOD = [
  'How to read it: the screens are built as they are shipped. What a second tells (its point, the view of the run, the nodes)',
  'comes as text and with new figures each time, as from the product; two and a half minutes are told in a hurry beforehand, so',
  'that compiling is not taken for what goes on for an hour. CPU is that of the page’s process with all its threads, of which the',
  'same page is taken off while it is told nothing at the same pace. At rest, product and browser are counted whole, and the same browser with an',
  'empty page is taken off. Without a graphics card Chromium paints with the CPU, which these figures contain.',
]
