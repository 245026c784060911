/** The whole of the page's state, built once at the root and handed to the rooms by context. */
import { createContext } from 'svelte'
import type { Lightening, PickedFile } from '../service/types.ts'
import type { Lesson } from '../train/types.ts'
import { Away } from './away.svelte.ts'
import { Blend } from './blend.svelte.ts'
import type { BuiltIn } from './built-in.ts'
import type { Connections } from './connection.ts'
import { DataShelf } from './data-shelf.svelte.ts'
import { Dataset } from './dataset.svelte.ts'
import { Engine, type DeviceLoss } from './engine.svelte.ts'
import { Everything } from './everything.svelte.ts'
import { Hub } from './hub.svelte.ts'
import { HubLine } from './hub-line.svelte.ts'
import { Lessons } from './lessons.svelte.ts'
import { Library } from './library.svelte.ts'
import { Model } from './model.svelte.ts'
import { ModelExport } from './model-export.svelte.ts'
import { Navigation } from './navigation.svelte.ts'
import { Notices } from './notices.svelte.ts'
import { requestPersistence, type Persistence } from './persistence.ts'
import type { Platform } from './platform.ts'
import { Privacy } from './privacy.svelte.ts'
import { Scoring } from './scoring.svelte.ts'
import { Shelf } from './shelf.svelte.ts'
import { doesThimbleOpen } from './thimble-choice.ts'
import { ThemeChoice } from './theme.svelte.ts'
import { MOST_PROBES, Training } from './training.svelte.ts'
import { Trial } from './trial.svelte.ts'
import { trouble } from './trouble.ts'

export class Workshop {
  readonly navigation = new Navigation()
  readonly theme = new ThemeChoice()
  readonly notices = new Notices()
  readonly engine: Engine
  readonly privacy: Privacy
  readonly model: Model
  readonly hub: Hub
  readonly library: Library
  readonly lessons: Lessons
  readonly dataset: Dataset
  readonly dataShelf: DataShelf
  readonly training: Training
  readonly away: Away
  readonly blend: Blend
  readonly trial: Trial
  /** Base and tuned on rows that were not learnt from, and what came back of those that were. */
  readonly scoring: Scoring
  readonly recall: Scoring
  readonly shelf: Shelf
  readonly modelExport: ModelExport
  readonly everything: Everything
  /** Settles when every part of the page has been fetched: only then can the count of requests begin at nothing. */
  pageParts: Promise<unknown> = Promise.resolve()
  readonly platform: Platform
  #lessonsRead: Promise<void> = Promise.resolve()
  #builtIn: BuiltIn
  #keeping: Promise<Persistence> | undefined
  /** The lesson that was opened last, and the hash of its pairs: a file of the person's own may have the same name. */
  #opened = $state.raw<{ lesson: Lesson; hash: string }>()
  /** The lesson whose pairs are open. */
  readonly lesson = $derived.by(() => (this.#opened?.hash === this.dataset.summary?.hash ? this.#opened?.lesson : undefined))
  /** Pairs are open, some to learn from, and nothing found in them stops training. */
  readonly canLearn = $derived.by(() => this.dataset.status === 'ready' && (this.dataset.summary?.training ?? 0) > 0 && !this.dataset.findings.stops)
  /** Model and data are open: a run could start. */
  readonly canTrain = $derived.by(() => this.model.status === 'ready' && this.canLearn)

  constructor(connect: Connections, platform: Platform) {
    this.platform = platform
    this.#builtIn = connect.builtIn
    this.engine = new Engine(connect.engine, platform, (loss) => this.#deviceLost(loss))
    const hubLine = new HubLine(connect.hub)
    this.privacy = new Privacy(this.engine, hubLine)
    this.model = new Model(this.engine, { onOpening: () => hubLine.end(), onChange: () => this.#modelChanged() })
    this.library = new Library(this.engine, () => this.shelf.refreshStorage())
    this.hub = new Hub(hubLine, this.engine, platform.downloadsAtOnce, {
      onBegun: () => void this.#keepSafe(),
      onStopped: () => this.library.refresh(),
      onDownloaded: (id) => this.#downloaded(id),
    })
    this.lessons = new Lessons(connect.builtIn)
    const onKept = () => void this.#keepSafe()
    this.dataShelf = new DataShelf(this.engine, () => this.shelf.refreshStorage())
    this.dataset = new Dataset(this.engine, this.model, () => this.training.settings?.maxLength, {
      onChange: () => this.#inputsChanged(),
      onKept: () => {
        void this.dataShelf.refresh()
        if (this.dataset.state?.edits) onKept()
      },
    })
    this.training = new Training(this.engine, { onKept, onEnded: () => this.#trainingEnded() })
    this.away = new Away(this.training)
    this.blend = new Blend(this.engine, () => this.shelf.fitting(this.model.summary?.identity.hash), () => this.shelf.refresh())
    this.trial = new Trial(this.engine, this.blend, (id) => this.shelf.find(id), () => this.dataset.summary)
    this.scoring = new Scoring(this.engine, () => this.shelf.refresh())
    this.recall = new Scoring(this.engine)
    this.shelf = new Shelf(this.engine, {
      onKept,
      onNotDeleted: (failure) => this.notices.add('trouble', failure, { label: 'Go to Keep', run: () => this.navigation.open('keep') }, 'keep'),
    })
    this.modelExport = new ModelExport(this.engine)
    this.everything = new Everything(this.engine, {
      onBegin: () => this.shelf.forget(),
      onErase: () => hubLine.end(),
      onRestored: async () => {
        onKept()
        await Promise.all([this.shelf.refresh(), this.dataShelf.refresh(), this.training.refreshUnfinished()])
      },
    })
  }

  /** A zip dropped anywhere: an adapter goes on the shelf, a backup is put back. */
  async receive(file: File): Promise<void> {
    if (this.engine.status !== 'ready') return
    const kind = await this.engine.service.recognise(file)
    if (kind === 'other') {
      const fix = 'Rows go into the Data room as a file, a model into the Model room as a folder.'
      this.notices.add('trouble', trouble('file-unknown', 'This zip is neither an adapter nor a backup.', { where: file.name, fix }))
      return
    }
    this.navigation.open('keep')
    await (kind === 'backup' ? this.everything.restore(file) : this.receiveAdapter([{ path: file.name, file }]))
  }

  /** An adapter's files, wherever they were dropped. */
  async receiveAdapter(files: readonly PickedFile[]): Promise<void> {
    if (this.engine.status !== 'ready') return
    this.navigation.open('keep')
    await this.shelf.import(files)
  }

  async start(): Promise<void> {
    this.#lessonsRead = this.lessons.load()
    await this.engine.start()
    if (this.engine.status !== 'ready') return
    await Promise.all([this.shelf.refresh(), this.library.refresh(), this.dataShelf.refresh(), this.training.refreshUnfinished()])
    if (this.training.unfinished.length > 0) this.#noteUnfinished()
    if (doesThimbleOpen() && this.model.status === 'none' && !this.hub.asked) await this.openThimble()
  }

  openThimble(): Promise<void> {
    return this.model.openThimble(this.#builtIn)
  }

  /** Makes the run that would begin take less. For other weights the model is opened anew; what was set stays. */
  async lighten(how: Lightening): Promise<void> {
    this.training.again()
    if (how.kind !== 'weights') return this.training.lighten(how)
    const chosen = this.training.chosen()
    await this.model.keepAs(how.weights)
    this.training.restore(chosen)
    if (this.model.failure) this.navigation.open('model')
  }

  /** Opens a lesson's pairs with the settings it needs, ready to train and to be asked about. */
  async openLesson(lesson: Lesson): Promise<void> {
    const file = this.lessons.file(lesson)
    if (!file || this.training.active) return
    await this.dataset.open(file, {}, false)
    const { summary, failure } = this.dataset
    if (summary && !failure) this.#opened = { lesson, hash: summary.hash }
    if (failure || !this.model.summary) return this.navigation.open('data')
    if (this.training.settings) Object.assign(this.training.settings, lesson.settings)
    this.training.probes = lesson.probes.slice(0, MOST_PROBES).join('\n')
    this.trial.prompt = lesson.probes[0] ?? ''
    this.navigation.open('train')
  }

  async #modelChanged(): Promise<void> {
    if (this.model.status === 'ready') {
      await Promise.all([this.pageParts, this.#lessonsRead])
      await this.privacy.markModelLoaded()
    } else this.privacy.markModelClosed()
    this.trial.clear()
    if (this.model.summary) this.trial.speakAs(this.model.summary)
    this.scoring.clear()
    this.recall.clear()
    this.#chooseAdapter()
    await this.dataset.recount()
    if (this.dataset.status !== 'ready' || !this.model.summary) await this.#inputsChanged()
  }

  async #downloaded(id: string): Promise<void> {
    const downloaded = this.library.find(id)
    if (downloaded) await this.model.openDownloaded(downloaded)
  }

  async #inputsChanged(): Promise<void> {
    const data = this.dataset.summary
    if (this.canTrain && data) await this.training.prepare(data.name.replace(/\.[^.]+$/, ''), data.training, this.#probes())
    else this.training.forget()
  }

  /** A lesson's own questions; else of pairs those that the model will not see, or the first. */
  #probes(): readonly string[] {
    if (this.lesson) return this.lesson.probes
    if (this.dataset.summary?.layout !== 'pairs') return []
    const rows = [...this.dataset.view.rows.values()]
    const unseen = rows.filter(({ part }) => part === 'validation')
    const questions = (unseen.length > 0 ? unseen : rows).map(({ input }) => input).filter((input) => input && !input.includes('\n'))
    return questions.slice(0, 2)
  }

  async #trainingEnded(): Promise<void> {
    await this.shelf.refresh()
    if (!this.training.outcome) return
    this.trial.choose(this.training.outcome.adapterId)
    void this.#keepSafe().then((answer) => answer === 'persisted' || this.#notePersistence())
  }

  /** Asks the browser, once a visit, to keep what is stored. Some browsers ask the person in turn: nothing waits for it. */
  #keepSafe(): Promise<Persistence> {
    this.#keeping ??= requestPersistence().then(async (answer) => {
      await this.shelf.refreshStorage()
      return answer
    })
    return this.#keeping
  }

  #chooseAdapter() {
    const fitting = this.shelf.fitting(this.model.summary?.identity.hash)
    if (!fitting.some(({ id }) => id === this.trial.adapterId)) this.trial.adapterId = fitting[0]?.id
  }

  #notePersistence() {
    this.notices.add(
      'news',
      trouble('not-persisted', 'The browser may clear adapters when disk space runs low.', {
        fix: 'Export what you care about.',
      }),
      { label: 'Go to Keep', run: () => this.navigation.open('keep') },
      'keep',
    )
  }

  #noteUnfinished() {
    this.notices.add(
      'news',
      trouble('unfinished-run', 'A training run from your last visit was not finished.', {
        fix: 'It can go on from where it was kept.',
      }),
      { label: 'Go to Train', run: () => this.navigation.open('train') },
      'train',
    )
  }

  #deviceLost({ message, recovered }: DeviceLoss) {
    const fix = recovered
      ? 'The engine is running again. A run that was under way goes on by itself from its last checkpoint.'
      : 'Reload the page, open the model again, and resume the run from its last checkpoint.'
    const action = recovered
      ? { label: 'Go to Train', run: () => this.navigation.open('train') }
      : { label: 'Reload the page', run: () => window.location.reload() }
    this.notices.add('trouble', trouble('device-lost', message, { fix }), action)
    void this.training.refreshUnfinished()
  }
}

export const [getWorkshop, setWorkshop] = createContext<Workshop>()
