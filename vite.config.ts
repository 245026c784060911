/** Builds and serves the page. */
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defaultClientConditions, defineConfig } from 'vite'
import { servedHeaders } from './scripts/lib/served-headers.ts'

export default defineConfig({
  plugins: [svelte({ configFile: false }), servedHeaders()],
  // Paths relative to the page: the built folder works below any address.
  base: './',
  worker: { format: 'es' },
  resolve: {
    // ONNX Runtime's glue code and Wasm stay files of their own, from which its threads are started.
    conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
    // Of transformers.js only tokenizers are used: its inference engine stays out.
    alias: { 'onnxruntime-web/webgpu': fileURLToPath(new URL('src/data/tokenizer/no-inference.ts', import.meta.url)) },
  },
  // What only a worker imports is prepared at start too: found later, it would reload the page.
  optimizeDeps: { entries: ['index.html', 'workers/*.ts'] },
  build: {
    outDir: 'dist',
    target: 'es2023',
    sourcemap: true,
    // Inlined fonts would be data: addresses, which the policy does not admit.
    assetsInlineLimit: 0,
    // How long a build took on a busy machine is no finding.
    rolldownOptions: { checks: { bundlerTimings: false, pluginTimings: false } },
  },
})
