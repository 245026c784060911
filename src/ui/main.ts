/** The page begins: the worker's line is made when the engine is asked for, and everything else hangs on the app. */
import { mount } from 'svelte'
import { connectWorker } from '../state/connection.ts'
import { readPlatform } from '../state/platform.ts'
import { Workshop } from '../state/workshop.svelte.ts'
import App from './App.svelte'

function connect() {
  return connectWorker(new Worker(new URL('../../workers/engine.ts', import.meta.url), { type: 'module', name: 'engine' }))
}

const target = document.getElementById('app')
if (!target) throw new Error('The page has no place for the app')
mount(App, { target, props: { workshop: new Workshop(connect, readPlatform()) } })
