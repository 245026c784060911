/** The page's main job on WebGPU. */
import { test } from '@playwright/test'
import { goTheWholeWay } from './whole-way.ts'

test('pairs in, an adapter trained and kept, both models asked; after a reload it is there, exported, deleted, imported', ({
  page,
}, info) => goTheWholeWay(page, info, { engine: 'webgpu', steps: 200 }))
