/** One lesson: what the base answers, a run, what the tuned model answers; and the page that tells of all of them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Forgetting } from '../../service/watch/forgetting.ts'
import type { Lesson } from '../../train/types.ts'
import { openDataFile } from '../dataset.ts'
import { exactMatches } from '../exact-match.ts'
import { SPLIT, type Wishes } from '../finetune/options.ts'
import { trainInto } from '../finetune/run.ts'
import type { Opened } from '../model.ts'
import { Silence } from '../output.ts'

const FOLDER = join(import.meta.dirname, '../../../public/lessons')

export interface LessonFigures {
  readonly id: string
  readonly seed: number
  /** Right answers of those kept aside. */
  readonly base: number
  readonly tuned: number
  readonly asked: number
  readonly seconds: number
  readonly steps: number
  readonly trainingLosses: readonly [first: number, last: number]
  /** The least is between them. */
  readonly validationLosses: readonly [first: number, least: number, last: number]
  /** Mean KL(base ‖ tuned), in nats a token, on a passage that has nothing to do with the lesson. */
  readonly divergence: number
  readonly line: string
}

export const readLessons = async () => JSON.parse(await readFile(join(FOLDER, 'lessons.json'), 'utf8')) as Lesson[]

/** Throws what opening the file and training throw. */
export async function measureLesson({ id, settings }: Lesson, seed: number, wishes: Wishes, opened: Opened, out: string): Promise<LessonFigures> {
  const output = new Silence(true)
  const { model, engine } = opened
  const data = await openDataFile(join(FOLDER, `${id}.jsonl`), SPLIT)
  const asked = data.only('validation')
  const template = data.template(model)
  const base = await exactMatches(asked, model, undefined, template, output)
  const request = { data, valid: undefined, read: {}, init: undefined, resumed: undefined, out, foretell: false, wishes: { ...wishes, run: { ...settings, ...wishes.run, seed } } }
  const { adapter, state } = await trainInto(request, opened, output)
  const tuned = await exactMatches(asked, model, adapter, template, output)
  const [training, validation] = [state.trainingLosses, state.validationLosses].map((losses) => losses.map(([, loss]) => loss)) as [number[], number[]]
  const figures = {
    id, seed,
    base: base?.matches ?? 0, tuned: tuned?.matches ?? 0, asked: tuned?.asked ?? 0,
    seconds: state.activeSeconds, steps: state.step,
    trainingLosses: [training[0]!, training.at(-1)!] as const,
    validationLosses: [validation[0]!, Math.min(...validation), validation.at(-1)!] as const,
    divergence: await new Forgetting(model, engine).measure(adapter),
  }
  return { ...figures, line: Object.values(cellsOf(figures)).join('  ') }
}

function cellsOf({ id, seed, base, tuned, asked, seconds, steps, trainingLosses, validationLosses, divergence }: Omit<LessonFigures, 'line'>): string[] {
  const losses = (values: readonly number[]) => values.map((loss) => loss.toFixed(2)).join(' → ')
  return [id, String(seed), `${base} of ${asked}`, `${tuned} of ${asked}`, String(steps), seconds.toFixed(0), losses(trainingLosses), losses(validationLosses), divergence.toFixed(2)]
}

const HEAD = ['lesson', 'seed', 'right before', 'right after', 'updates', 'seconds', 'training loss', 'unseen: first → least → last', 'forgotten']

/** docs/lessons.md. */
export function lessonPage(lessons: readonly Lesson[], figures: readonly LessonFigures[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return `# The lessons

Each lesson trained with its default settings, and asked afterwards what it had not seen: greedy answers, right where they are
word for word the expected ones. "Forgotten" is the mean KL to the base, in nats a token, on a passage that has nothing to do with
the lesson. Made by \`npm run lessons -- --write docs/lessons.md\`.

${lessons.map(({ title, id, shows, fails, pairs, heldOut }) => `- **${title}** (\`${id}\`, ${pairs} pairs, ${heldOut} kept aside). ${shows}${fails ? ` ${fails}` : ''}`).join('\n')}

${[row(HEAD), row(HEAD.map(() => '---')), ...figures.map((one) => row(cellsOf(one)))].join('\n')}
`
}
