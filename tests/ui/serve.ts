/** Serves the fixture's page on a free port, from the project's own folder, so that it is the same code as the product's. */
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { createServer, type ViteDevServer } from 'vite'

export async function serveFixture(port?: number): Promise<{ address: string; server: ViteDevServer }> {
  const server = await createServer({
    configFile: false,
    root: fileURLToPath(new URL('../..', import.meta.url)),
    // Of each worker its own: two servers would write into each other's.
    cacheDir: `node_modules/.vite-fixture-${process.env['TEST_PARALLEL_INDEX'] ?? '0'}`,
    plugins: [svelte({ configFile: false })],
    server: { port: port ?? 0, host: 'localhost', hmr: false, watch: null },
    // Named, because they are loaded when first wanted: found only then, they would be a request.
    optimizeDeps: { entries: ['tests/ui/index.html'], include: ['eld/extrasmall', 'read-excel-file/universal', 'hyparquet', 'hyparquet-compressors'] },
    logLevel: 'error',
  })
  await server.listen()
  const { port: chosen } = server.httpServer?.address() as { port: number }
  return { address: `http://localhost:${chosen}/tests/ui/index.html`, server }
}
