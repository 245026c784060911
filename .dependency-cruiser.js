/** The arrows between layers (docs/architecture.md): imports point downwards only, and there are no circles. */

/** For each layer, the other layers it may import. src/errors.ts is open to all. */
const LAYERS = {
  engine: [],
  data: [],
  hub: [],
  models: ['engine'],
  adapters: ['engine', 'models', 'hub'],
  storage: ['adapters'],
  runtime: ['engine', 'models', 'data', 'hub', 'adapters'],
  train: ['engine', 'models', 'data', 'hub', 'adapters', 'storage', 'runtime'],
  generate: ['engine', 'models', 'data', 'hub', 'adapters', 'storage', 'runtime'],
  service: ['engine', 'models', 'data', 'hub', 'adapters', 'storage', 'runtime', 'train', 'generate'],
  cli: ['engine', 'models', 'data', 'hub', 'adapters', 'storage', 'runtime', 'train', 'generate', 'service'],
  ui: ['state'],
}

/**
 * What lies across the worker's boundary: plain data that page and service both speak of, how failures cross, the rules
 * for a run's settings, and how answers are scored, so that what the page shows and what the service does follow from one function.
 */
const CONTRACTS = '^src/((service|train|generate|data|adapters|hub)/types|service/(hub-types|transfer)|train/settings|generate/scoring)[.]ts$'

const NODE_ONLY = '/node-[^/]+[.]ts$'

const layerRules = Object.entries(LAYERS).map(([layer, below]) => ({
  name: `layer-${layer}`,
  comment: `src/${layer} may import ${below.length > 0 ? below.join(', ') : 'no other layer'}.`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: {
    path: '^(src|workers|tests|scripts)/',
    pathNot: [`^src/(${[layer, ...below].join('|')})/`, '^src/errors[.]ts$', ...(layer === 'ui' ? [CONTRACTS] : [])],
  },
}))

export default {
  forbidden: [
    ...layerRules,
    {
      name: 'layer-state',
      comment: 'src/state knows the worker only by its contract, and starts it.',
      severity: 'error',
      from: { path: '^src/state/' },
      to: { path: '^(src|tests|scripts)/', pathNot: ['^src/state/', '^src/errors[.]ts$', CONTRACTS] },
    },
    {
      name: 'layer-workers',
      comment: 'A worker is an entry point over the service.',
      severity: 'error',
      from: { path: '^workers/' },
      to: { path: '^(src|tests|scripts)/', pathNot: ['^src/service/', '^src/errors[.]ts$', CONTRACTS] },
    },
    {
      name: 'no-node-below-the-terminal',
      comment: 'Everything but the terminal front end runs in a browser. A file that only Node can load is named node-….ts.',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: ['^src/cli/', NODE_ONLY] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'node-files-are-for-the-terminal',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: ['^src/cli/', NODE_ONLY] },
      to: { path: NODE_ONLY },
    },
    {
      name: 'no-circles',
      comment: 'Two files that name each other only as types are no circle when the code runs.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    // The address of a file (…?url) is a question to Vite, which answers it or fails the build.
    { name: 'not-found', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '[?]url$' } },
    {
      name: 'no-development-packages-in-the-page',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: '^src/cli/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: '(^|/)node_modules/(svelte|@webgpu/types)/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['svelte', 'browser', 'import', 'default'] },
  },
}
