/** How often OpenAI's notebook goes through the data by default: 3 times, more for few examples, fewer for very many. */
export function openAiEpochs(examples: number): number {
  if (examples <= 0) return 1
  if (3 * examples < 100) return Math.min(25, Math.floor(100 / examples))
  return 3 * examples > 25_000 ? Math.max(1, Math.floor(25_000 / examples)) : 3
}
