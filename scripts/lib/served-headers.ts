/**
 * What every file of the page is served with: cross-origin isolation (threads in Wasm, precise timers), and a policy that keeps
 * page and workers from any other origin. A worker obeys the header of its own file, so one file has another policy: that of the
 * hub worker, which fetches models by name and ends before a model is open.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'vite'

type Directives = Record<string, string>

const PAGE: Directives = {
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

/** Any hub: Hugging Face's, a mirror, a school's own server. It makes no worker and shows nothing. */
const HUB: Directives = { ...PAGE, 'connect-src': "'self' https: http:", 'worker-src': "'none'" }

/** Hot reloading speaks over a web socket to the same server, which older browsers do not count as 'self'. */
const PAGE_IN_DEVELOPMENT: Directives = { ...PAGE, 'connect-src': "'self' ws://localhost:* ws://127.0.0.1:*" }

/** The hub worker's file: as it is written, and as it is built. */
const HUB_FILE = /^\/?(workers\/hub\.ts|assets\/hub-[\w-]{8}\.js)$/

const OTHERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

function policy(directives: Directives): string {
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}

/** `frame-ancestors` is known to headers only. */
function policyHeader(path: string, page: Directives = PAGE): string {
  return policy({ ...(HUB_FILE.test(path) ? HUB : page), 'frame-ancestors': "'none'" })
}

function serve(page: Directives) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page')
    for (const [name, value] of Object.entries(OTHERS)) response.setHeader(name, value)
    response.setHeader('Content-Security-Policy', policyHeader(pathname, page))
    next()
  }
}

/** The headers as static hosts read them from a file: Netlify's and Cloudflare Pages' `_headers`. One rule a file: rules that overlap would add up. */
function headersFile(files: readonly string[]): string {
  const rule = (path: string, headers: Record<string, string>) =>
    [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)].join('\n')
  const scripts = files.filter((file) => /\.m?js$/.test(file)).sort()
  const withPolicy = ['', 'index.html', ...scripts].map((file) => rule(`/${file}`, { 'Content-Security-Policy': policyHeader(file) }))
  return [rule('/*', OTHERS), ...withPolicy, ''].join('\n')
}

/** Sends the headers from our own servers, and writes them beside the built page for others. */
export function servedHeaders(): Plugin {
  return {
    name: 'homespun-served-headers',
    configureServer: ({ middlewares }) => void middlewares.use(serve(PAGE_IN_DEVELOPMENT)),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(serve(PAGE)),
    // For hosts whose headers cannot be set the policy is in the page itself as well. First in <head>: it binds what follows.
    transformIndexHtml: {
      order: 'post',
      handler: (_, { server }) =>
        server ? [] : [{ tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy(PAGE) }, injectTo: 'head-prepend' }],
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const files = Object.keys(bundle)
        if (!files.includes('index.html')) return
        const hubs = files.filter((file) => HUB_FILE.test(file))
        if (hubs.length !== 1) this.error(`One file is to be the hub worker's, and these look like it: ${hubs.join(', ') || 'none'}`)
        this.emitFile({ type: 'asset', fileName: '_headers', source: headersFile(files) })
      },
    },
  }
}
