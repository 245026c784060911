/** Vitest's asymmetric matchers, typed: they come as `any`, which strict tests do not take. */
import { expect } from 'vitest'

export const aText: unknown = expect.any(String)

export const containing = (part: string): unknown => expect.stringContaining(part)

export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern)
