/** Over the wire: what the page gets from the worker, failures with every field included. */
import { expose, proxy, releaseProxy, wrap } from 'comlink'
import { afterEach, describe, expect, it } from 'vitest'
import { HomespunError } from '../../src/errors.ts'
import { registerErrorTransfer } from '../../src/service/transfer.ts'
import type { TuningService } from '../../src/service/types.ts'
import { listen, openTab, readyTab } from './support.ts'
import { aText, containing } from '../support/matching.ts'

registerErrorTransfer()
const open: (() => void)[] = []
afterEach(() => open.splice(0).forEach((close) => close()))

function connect(service: object) {
  const { port1, port2 } = new MessageChannel()
  expose(service, port1)
  const remote = wrap<TuningService>(port2)
  open.push(() => {
    remote[releaseProxy]()
    port1.close()
    port2.close()
  })
  return remote
}

describe('the service behind a message port', () => {
  it('a failure arrives as a HomespunError with code, what, where and fix', async () => {
    const remote = connect(openTab({ gpu: { limits: { maxBufferSize: 1000 } } }).service)
    const error: unknown = await remote.start('webgpu').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(HomespunError)
    expect(error).toMatchObject({ code: 'limits-too-low', where: 'maxBufferSize', what: containing('1000'), fix: aText })
  })

  it('F97 a failure nobody foresaw arrives in words too, without a stack', async () => {
    const remote = connect({ start: () => Promise.reject(new TypeError('cannot read x')) })
    const error: unknown = await remote.start('webgpu').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'unexpected', what: 'cannot read x' })
  })

  it('a whole run: events and the outcome are plain data that can be cloned', async () => {
    const { service, settings } = await readyTab({}, 6)
    const remote = connect(service)
    const { events, onEvent } = listen()
    const outcome = await remote.train(settings, 'over the wire', proxy(onEvent))
    expect(outcome.steps).toBe(6)
    expect(events.filter((event) => event.kind === 'step')).toHaveLength(6)
    const [record] = await remote.listAdapters()
    expect(record).toMatchObject({ id: outcome.adapterId, name: 'over the wire' })
  })
})
