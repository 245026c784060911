/** What this browser gives a page, asked before anything is asked of the person (insecure contexts). */
import { trouble, type Trouble } from './trouble.ts'

export interface Platform {
  secure: boolean
  /** Where the page was opened, as in the address bar. */
  address: string
  /** Files that are downloaded at the same time: one on iOS, where a page's memory is tight. */
  downloadsAtOnce: number
  /** What the browser says this machine has, rounded down; undefined where it does not say. */
  memoryBytes: number | undefined
}

export function readPlatform(): Platform {
  const { userAgent, maxTouchPoints, deviceMemory } = navigator as Navigator & { deviceMemory?: number }
  // An iPad's browser says that it is a Mac; no Mac has a touch screen.
  const iOS = /\b(iPhone|iPad|iPod)\b/.test(userAgent) || (/\bMacintosh\b/.test(userAgent) && maxTouchPoints > 1)
  return {
    secure: window.isSecureContext,
    address: window.location.origin,
    downloadsAtOnce: iOS ? 1 : 4,
    memoryBytes: deviceMemory === undefined ? undefined : deviceMemory * 2 ** 30,
  }
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
