/** End-to-end tests: the built page in a real Chromium with software WebGPU. `npm test` builds it and finds the browser. */
import { defineConfig } from '@playwright/test'
import { findChromium, NO_CHROMIUM } from './scripts/lib/chromium.mjs'

const executablePath = await findChromium()
if (!executablePath) throw new Error(NO_CHROMIUM)
const port = Number(process.env['HOMESPUN_TEST_PORT'] ?? 4319)

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '*.spec.ts',
  outputDir: 'test-results/e2e',
  // Software WebGPU keeps every core busy: one page at a time, but for the rooms over a fixture, which compute nothing.
  workers: 1,
  projects: [
    { name: 'fixture', testMatch: 'rooms/build-fixture.setup.ts' },
    { name: 'rooms', testDir: 'tests/e2e/rooms', dependencies: ['fixture'] },
    { name: 'use', testIgnore: 'rooms/**' },
  ],
  timeout: 240_000,
  expect: { timeout: 30_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: 'list',
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1280, height: 800 },
    // What is not there to be pressed by then will not come.
    actionTimeout: 60_000,
    screenshot: 'only-on-failure',
    // Without what the page looked like at every step: recording that takes as long as the tests.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false },
    launchOptions: {
      executablePath,
      args: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--no-sandbox'],
    },
  },
  webServer: {
    command: `npx vite preview --host localhost --port ${port} --strictPort`,
    url: `http://localhost:${port}`,
    reuseExistingServer: false,
    timeout: 60_000,
  },
})
