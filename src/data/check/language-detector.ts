/** The kept library that tells languages apart: ELD (Nito T. M., Apache-2.0) with its smallest table, loaded when first wanted. */

/** A function that gives the ISO 639-1 code of a text where the library itself calls its answer reliable. */
export async function languageDetector(): Promise<(text: string) => string | undefined> {
  const { eld } = await import('eld/extrasmall')
  return (text) => {
    const answer = eld.detect(text)
    return answer.isReliable() ? answer.language : undefined
  }
}
