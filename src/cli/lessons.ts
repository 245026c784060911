/** npm run lessons: trains every lesson with the settings it would have in the page, and asks what was kept aside. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ENGINE_OPTION, engineWish, JSON_OPTION, MODEL_OPTIONS, modelChoice, WEIGHTS_OPTION, type Arguments, type CommandSpec } from './arguments.ts'
import { runMain, type ExitCode } from './main.ts'
import { lessonPage, measureLesson, readLessons, type LessonFigures } from './lessons/measure.ts'
import { withModel } from './model.ts'
import type { Output } from './output.ts'

const LESSONS: CommandSpec = {
  name: 'lessons',
  positionals: '',
  summary: 'Trains each of the ready lessons and counts the right answers to what was kept aside, before and after.',
  options: [
    ...MODEL_OPTIONS,
    WEIGHTS_OPTION,
    { name: 'only', value: 'LIST', help: 'lessons by name, as pirate,json (default: all)' },
    { name: 'seeds', value: 'LIST', help: 'a run for each (default 1,2,3)' },
    { name: 'lr', value: 'X', help: 'learning rate, in place of the default' },
    { name: 'epochs', value: 'N', help: 'passes over the pairs, in place of the default' },
    { name: 'rank', value: 'R', help: 'size of the adapter, in place of the default' },
    { name: 'write', value: 'FILE', help: 'writes the table as Markdown' },
    ENGINE_OPTION,
    JSON_OPTION,
  ],
}

async function lessons(args: Arguments, output: Output): Promise<ExitCode> {
  const only = args.text('only')?.split(',')
  const seeds = (args.text('seeds') ?? '1,2,3').split(',').map(Number)
  const rank = args.whole('rank')
  const wishes = {
    lora: rank === undefined ? {} : { rank, alpha: 2 * rank },
    run: Object.fromEntries(Object.entries({ learningRate: args.number('lr'), epochs: args.number('epochs') }).filter(([, value]) => value !== undefined)),
  }
  const chosen = (await readLessons()).filter(({ id }) => !only || only.includes(id))
  const folder = await mkdtemp(join(tmpdir(), 'homespun-lessons-'))
  const figures: LessonFigures[] = []
  try {
    await withModel(modelChoice(args), engineWish(args), output, async (model, engine) => {
      for (const lesson of chosen) {
        for (const seed of seeds) {
          output.status(`${lesson.id}, seed ${seed}`)
          const measured = await measureLesson(lesson, seed, wishes, { model, engine }, join(folder, `${lesson.id}-${seed}`))
          output.result({ kind: 'lesson', ...measured }, measured.line)
          figures.push(measured)
        }
      }
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const page = args.text('write')
  if (page !== undefined) await writeFile(page, lessonPage(chosen, figures))
  return 0
}

await runMain(LESSONS, lessons)
