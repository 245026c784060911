/** What this browser gives a page, asked before anything is asked of the person (F67 and insecure contexts). */
import { trouble, type Trouble } from './trouble.ts'

export interface Platform {
  secure: boolean
  hasWebGpu: boolean
  /** Where the page was opened, as in the address bar. */
  address: string
}

export function readPlatform(): Platform {
  return { secure: window.isSecureContext, hasWebGpu: 'gpu' in navigator, address: window.location.origin }
}

/** Why training cannot work here at all, or nothing where it may. Insecure first: it is the cause of a missing WebGPU. */
export function platformTrouble(platform: Platform): Trouble | undefined {
  if (!platform.secure) {
    return trouble(
      'insecure-context',
      'This page was opened over plain http, and browsers keep the GPU and storage from such pages.',
      {
        where: platform.address,
        fix: 'Open it as http://localhost on the machine that serves it, or serve it over https.',
      },
    )
  }
  if (!platform.hasWebGpu) {
    return trouble('webgpu-missing', 'This browser does not offer WebGPU, which Homespun trains with.', {
      fix: 'Open this page in Chrome or Edge 113 or newer, Safari 26, or Firefox 141 on Windows or 145 on a Mac.',
    })
  }
  return undefined
}
