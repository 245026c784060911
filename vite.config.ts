/**
 * Builds and serves the page. Every server of ours answers with cross-origin isolation (threads in Wasm, precise timers)
 * and with a policy that keeps page and workers from reaching any other origin.
 */
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'

/** What page and workers may do. A worker obeys the header of its own file, so every file is served with it. */
const POLICY: Record<string, string> = {
  'default-src': "'self'",
  'connect-src': "'self'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data: blob:",
  'font-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
}

/** Joins directives; `frame-ancestors` is known to headers only. */
function policy(directives: Record<string, string>): string {
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}

function headers(directives: Record<string, string>): Record<string, string> {
  return {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Content-Security-Policy': policy({ ...directives, 'frame-ancestors': "'none'" }),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  }
}

/** Puts the policy into the built page as well, for hosts whose headers cannot be set. First in <head>: it binds what follows. */
function policyInPage(): Plugin {
  return {
    name: 'homespun-policy-in-page',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy(POLICY) }, injectTo: 'head-prepend' },
    ],
  }
}

export default defineConfig({
  plugins: [svelte({ configFile: false }), policyInPage()],
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
  // Hot reloading speaks over a web socket to the same server, which older browsers do not count as 'self'.
  server: { headers: headers({ ...POLICY, 'connect-src': "'self' ws://localhost:* ws://127.0.0.1:*" }) },
  preview: { headers: headers(POLICY) },
})
