/** The fixture's page, served for the tests of one file. */
import { test } from '@playwright/test'
import type { PreviewServer } from 'vite'
import { serveFixture } from '../../ui/serve.ts'

/** Serves it until the file's tests are done; gives the address of a state of it, with a room open. */
export function overFixture(): (scenario: string, room: string) => string {
  let address: string
  let server: PreviewServer
  test.beforeAll(async () => {
    ;({ address, server } = await serveFixture())
  })
  test.afterAll(() => server.close())
  return (scenario, room) => `${address}?state=${scenario}#${room}`
}
