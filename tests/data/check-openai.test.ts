/**
 * OpenAI's notebook "Data preparation and analysis for chat model fine-tuning" on its published toy example: the same errors,
 * messages, tokens and epochs as it prints there.
 */
import { describe, expect, it } from 'vitest'
import { checkDataset } from '../../src/data/check/check.ts'
import { openAiCounts } from '../../src/data/check/openai/counts.ts'
import { openAiEpochs } from '../../src/data/check/openai/epochs.ts'
import { countFormatErrors, formatErrors } from '../../src/data/check/openai/format.ts'
import { readDataset } from '../../src/data/read/read-dataset.ts'

const SYSTEM = ['system', 'You are a happy assistant that puts a positive spin on everything.'] as const

/** toy_chat_fine_tuning.jsonl of OpenAI's cookbook; its last answer says the same 2,000 times. */
const TOY = [
  [SYSTEM, ['user', 'I fell off my bike today.'], ['assistant', "It's great that you're getting exercise outdoors!"]],
  [
    SYSTEM, ['user', 'I lost my tennis match today.'], ['assistant', "It's ok, it happens to everyone."], ['user', 'But I trained so hard!'],
    ['assistant', 'It will pay off next time.'], ['user', "I'm going to switch to golf."], ['assistant', 'Golf is fun too!'],
    ['user', "I don't even know how to play golf."], ['assistant', "It's easy to learn!"],
  ],
  [['user', 'I lost my book today.'], ['assistant', 'You can read everything on ebooks these days!']],
  [SYSTEM, ['assistant', "You're great!"]],
  [SYSTEM, ['user', "I'm hungry."], ['assistant', 'Eat a banana!'.repeat(2000)]],
].map((turns) => ({ messages: turns.map(([role, content]) => ({ role, content })) }))

/**
 * Tokens of OpenAI's cl100k_base, for the words of this file alone: a token is a word with the space before it, a contraction's
 * ending, or a mark; "Golf" at the beginning of a text is two.
 */
function countTokens(text: string): number {
  const pieces = text.match(/'(?:s|t|re|ve|m|ll|d)| ?[A-Za-z]+|[^\sA-Za-z]/g) ?? []
  return pieces.length + pieces.filter((piece) => piece === 'Golf').length
}

async function readToy() {
  const bytes = new TextEncoder().encode(TOY.map((record) => JSON.stringify(record)).join('\n'))
  return (await readDataset(new Uint8Array(bytes), 'toy_chat_fine_tuning.jsonl')).examples
}

describe("OpenAI's notebook", () => {
  it('gives its counts on its toy example', async () => {
    expect(countFormatErrors(TOY)).toEqual({})
    const counts = openAiCounts(await readToy(), countTokens, 4096)
    expect(counts).toMatchObject({ examples: 5, missingSystem: 1, missingUser: 1, tooLong: 1, trainedTokens: 4306, epochs: 20 })
    expect(counts.epochs * counts.trainedTokens).toBe(86120)
    expect(counts.messages).toMatchObject({ min: 2, max: 9, mean: 3.8, median: 3, low: 2, high: expect.closeTo(6.6, 9) as number })
    expect(counts.totalTokens).toMatchObject({ min: 26, max: 8032, mean: 1648.4, median: 45, low: expect.closeTo(26.8, 9) as number, high: expect.closeTo(4863.6, 9) as number })
    expect(counts.assistantTokens).toMatchObject({ min: 4, max: 8000, mean: 1610.2, median: 10, low: 6, high: expect.closeTo(4811.2, 9) as number })
    // A counter that sees one token less gives other figures: the comparison can fail.
    expect(openAiCounts(await readToy(), (text) => text.split(' ').length, 4096).totalTokens?.mean).not.toBe(1648.4)
  })

  it('finds the same rows by its checks of ours', async () => {
    const findings = await checkDataset(await readToy(), { lengths: [45, 111, 26, 28, 8032], contextLength: 4096 })
    expect(findings.find(({ code }) => code === 'missing_system')?.others).toEqual([3])
    expect(findings.filter(({ code }) => code === 'missing_user').map(({ row }) => row)).toEqual([4])
    expect(findings.filter(({ code }) => code === 'long_examples').map(({ row }) => row)).toEqual([5])
  })

  it('F45 F46 counts the errors of records as it does, message by message', () => {
    const message = { role: 'user', content: 'u' }
    const answer = { role: 'assistant', content: 'a' }
    const cases: [record: unknown, errors: string[]][] = [
      [{ messages: [message, answer] }, []],
      ['a line of text', ['data_type']],
      [[message, answer], ['data_type']],
      [null, ['data_type']],
      [{ prompt: 'p', completion: 'c' }, ['missing_messages_list']],
      [{ messages: [] }, ['missing_messages_list']],
      [{ messages: [{ role: 'user' }, answer] }, ['message_missing_key', 'missing_content']],
      [{ messages: [{ ...message, mood: 'good' }, { ...answer, weight: 1, name: 'n' }] }, ['message_unrecognized_key']],
      [{ messages: [{ ...message, role: 'human' }, answer] }, ['unrecognized_role']],
      [{ messages: [{ ...message, content: '' }, { ...answer, content: 5 }] }, ['missing_content', 'missing_content']],
      [{ messages: [message, { role: 'assistant', content: '', function_call: { name: 'f', arguments: '{}' } }] }, []],
      [{ messages: [message] }, ['example_missing_assistant_message']],
    ]
    for (const [record, errors] of cases) expect(formatErrors(record), JSON.stringify(record)).toEqual(errors)
    expect(countFormatErrors(cases.map(([record]) => record))).toEqual({
      data_type: 3, missing_messages_list: 2, message_missing_key: 1, message_unrecognized_key: 1, unrecognized_role: 1,
      missing_content: 3, example_missing_assistant_message: 1,
    })
  })

  it('goes through the data as often', () => {
    expect([0, 1, 4, 5, 10, 33, 34, 8333, 8334, 12_500, 12_501, 25_001].map(openAiEpochs)).toEqual([1, 25, 25, 20, 10, 3, 3, 3, 2, 2, 1, 1])
  })
})
