/** The fixture's page: built once, of the same code as the product's, then served to each file of tests on a port of its own. */
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { build, preview, type PreviewServer } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))
const outDir = 'node_modules/.cache/fixture'

/** As a bundle: module by module, a page takes as long to come as most tests take. */
export async function buildFixture(): Promise<void> {
  await build({
    configFile: false,
    root,
    base: './',
    plugins: [svelte({ configFile: false })],
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2023', minify: false, assetsInlineLimit: 0, rolldownOptions: { input: 'tests/ui/index.html' } },
    logLevel: 'error',
  })
}

export async function serveFixture(port = 0): Promise<{ address: string; server: PreviewServer }> {
  const server = await preview({ configFile: false, root, build: { outDir }, preview: { port, host: 'localhost' }, logLevel: 'error' })
  const { port: chosen } = server.httpServer.address() as { port: number }
  return { address: `http://localhost:${chosen}/tests/ui/index.html`, server }
}
