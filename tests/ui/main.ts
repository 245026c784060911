/** Mounts the same app over the fixture, in the state the address asks for (?state=running#train), and hands tests the strings. */
import { mount } from 'svelte'
import { HomespunError } from '../../src/errors.ts'
import { trouble, type Trouble } from '../../src/state/trouble.ts'
import { Workshop } from '../../src/state/workshop.svelte.ts'
import App from '../../src/ui/App.svelte'
import { plan } from './fixture-data.ts'
import { fixtureBuiltIn } from './fixture-lessons.ts'
import { FixtureHub } from './fixture-hub.ts'
import { faultyFile, pirateFile, unclearFile } from './fixture-pairs.ts'
import { FixtureService } from './fixture-service.ts'
import type { Scenario } from './scenario.ts'

const refused = (code: string, what: string, fix: string) => new HomespunError(code, what, { fix })
const scenarios: Record<string, Scenario> = {
  loading: { loading: true },
  'model-error': {
    modelError: new HomespunError(
      'architecture-unsupported',
      'This model is of a kind Homespun does not know: MambaForCausalLM.',
      {
        where: 'config.json, architectures',
        fix: 'Choose a model of the Llama family.',
      },
    ),
  },
  'chat-template': { chatTemplate: true },
  encoder: { encoder: true, shelf: true },
  chat: { chatTemplate: true, shelf: true },
  texts: { chatTemplate: true, shelf: true, texts: true },
  'first-visit': { byHeart: true },
  'by-heart': { byHeart: true },
  'no-room': { trainError: refused('out-of-gpu-memory', 'The GPU has not enough free memory for this.', 'Use a smaller batch or shorter examples.') },
  'too-large': { plan: { ...plan, activationBytes: 9.4e9, totalBytes: 9.6e9 } },
  measuring: { measuring: true },
  'answer-error': {
    shelf: true,
    answerError: refused('prompt-too-long', 'The prompt has 300 tokens; this model reads 256.', 'Shorten it.'),
  },
  exporting: { shelf: true, exporting: true },
  'export-error': {
    shelf: true,
    exportError: new HomespunError('export-differs', 'The exported model does not compute what the model computes here, so it was not kept.', {
      where: 'logits differ by 0.031 of the largest; 0.02 is allowed',
      fix: 'Export in fp32: this model needs more than half precision.',
    }),
  },
  'webgpu-missing': { noGpu: true },
  shelf: { shelf: true },
  'full-shelf': { fullShelf: true },
  'other-version': { otherVersion: true },
  downloaded: { downloaded: true },
  unfinished: { unfinished: true },
}

const state = new URLSearchParams(location.search).get('state') ?? 'empty'
// Thimble opens by itself only where it is what is looked at.
localStorage.setItem('homespun.thimble', state === 'first-visit' ? 'open' : 'closed')
const fixture = new FixtureService(scenarios[state] ?? {})
let crash: (what: Trouble) => void = () => {}
const hub = new FixtureHub()
const connections = {
  engine: () => ({ service: fixture, onCrash: (listener: (what: Trouble) => void) => (crash = listener) }),
  hub: () => ({ service: hub, onCrash: () => undefined, end: () => undefined }),
  builtIn: fixtureBuiltIn,
}
const workshop = new Workshop(connections, {
  secure: state !== 'insecure-context',
  address: 'http://192.168.1.20:5173',
  downloadsAtOnce: 4,
  memoryBytes: 8 * 2 ** 30,
})

const strings = {
  workshop,
  fixture,
  crash: () => crash(trouble('worker-failed', 'The engine stopped: its worker could not go on.', { fix: 'Reload the page.' })),
  openModel: () => workshop.model.open([{ path: 'thimble/config.json', file: new File(['{}'], 'config.json') }]),
  openData: () => workshop.dataset.open((state === 'findings' ? faultyFile : state === 'unclear' ? unclearFile : pirateFile)()),
}
declare global {
  interface Window {
    homespun: typeof strings
  }
}
window.homespun = strings

const target = document.getElementById('app')
if (!target) throw new Error('No place for the app')
mount(App, { target, props: { workshop } })
