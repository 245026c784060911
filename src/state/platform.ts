/** What this browser gives a page, asked before anything is asked of the person (insecure contexts). */
import { trouble, type Trouble } from './trouble.ts'

export interface Platform {
  secure: boolean
  /** Where the page was opened, as in the address bar. */
  address: string
}

export function readPlatform(): Platform {
  return { secure: window.isSecureContext, address: window.location.origin }
}

/** Why training cannot work here at all, or nothing where it may. */
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
  return undefined
}
