/** What an answer took, in words. */
import { formatCount, formatPlural, formatSeconds } from '../../state/format.ts'

/** "31 tokens, 0.3 s, 100 a second"; slower than ten a second, with one digit more. */
export function tookWords({ tokens, seconds }: { tokens: number; seconds: number }): string {
  const pace = tokens / seconds
  const words = `${formatPlural(tokens, 'token')}, ${formatSeconds(seconds)}`
  return Number.isFinite(pace) ? `${words}, ${pace < 9.95 ? pace.toFixed(1) : formatCount(pace)} a second` : words
}
