/** Unit and GPU tests, in Node. GPU tests run through Dawn; test processes inherit the environment it needs. */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { gpuEnvironment } from './scripts/lib/gpu-environment.mjs'

// Test files run in forked processes, whose loader reads these at their start: no launcher is needed for them.
Object.assign(process.env, await gpuEnvironment())

export default defineConfig({
  plugins: [svelte({ configFile: false })],
  test: {
    name: 'node',
    environment: 'node',
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    // Each process may hold a software GPU that itself uses several threads.
    maxWorkers: 2,
    // Software WebGPU is slow, and machines that run this are often busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
