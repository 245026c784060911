/** A failure as the page shows it: what happened, where, what to do. Whatever was thrown becomes one of these. */

export interface Trouble {
  code: string
  what: string
  where: string | undefined
  fix: string | undefined
  /** What the page can offer to choose from; its type is known by the code. */
  about?: unknown
}

function textField(value: object, key: string): string | undefined {
  const field: unknown = (value as Record<string, unknown>)[key]
  return typeof field === 'string' && field !== '' ? field : undefined
}

/** Reads a HomespunError, also one that crossed from the worker; anything else is named as unexpected, without its stack. */
export function asTrouble(thrown: unknown): Trouble {
  if (typeof thrown === 'object' && thrown !== null) {
    const code = textField(thrown, 'code')
    const what = textField(thrown, 'what')
    if (code && what && code !== 'unexpected') {
      const about = (thrown as { about?: unknown }).about
      return { code, what, where: textField(thrown, 'where'), fix: textField(thrown, 'fix'), ...(about === undefined ? {} : { about }) }
    }
  }
  return {
    code: 'unexpected',
    what: 'Something went wrong that Homespun did not expect.',
    where: thrown instanceof Error ? thrown.message : String(thrown),
    fix: 'Try again. If it happens again, reload the page: adapters and checkpoints are kept.',
  }
}

export function trouble(code: string, what: string, details: { where?: string; fix?: string } = {}): Trouble {
  return { code, what, where: details.where, fix: details.fix }
}
