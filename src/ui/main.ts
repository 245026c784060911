/** The page begins: a worker is made when it is first asked for, and everything else hangs on the app. */
import { mount } from 'svelte'
import { builtIn } from '../state/built-in.ts'
import { connectEngine, connectHub } from '../state/connection.ts'
import { readPlatform } from '../state/platform.ts'
import { Workshop } from '../state/workshop.svelte.ts'
import App from './App.svelte'

const connect = {
  engine: () => connectEngine(new Worker(new URL('../../workers/engine.ts', import.meta.url), { type: 'module', name: 'engine' })),
  hub: () => connectHub(new Worker(new URL('../../workers/hub.ts', import.meta.url), { type: 'module', name: 'hub' })),
  builtIn,
}

const target = document.getElementById('app')
if (!target) throw new Error('The page has no place for the app')
mount(App, { target, props: { workshop: new Workshop(connect, readPlatform()) } })
