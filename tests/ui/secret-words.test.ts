/** What is said of planted secrets, at each of the rule's bounds. */
import { expect, it } from 'vitest'
import type { TestedSecret } from '../../src/service/types.ts'
import { outcomeWords, repeatWords, secretsVerdict } from '../../src/ui/try/secret-words.ts'

const outcome = (rank: number, wordForWord = false) => ({ said: wordForWord ? '4 8 2' : 'No idea.', wordForWord, rank, exposure: Math.log2(1000 / rank) })
const secret = (times: number, tuned: TestedSecret['tuned'], base = outcome(500)): TestedSecret => ({
  kind: 'pair', input: `Door ${times}?`, code: '4 8 2', times, candidates: 1000, base, tuned,
})

it('tells how often it has to be read to be said word for word', () => {
  const { title, text } = secretsVerdict([secret(1, outcome(600)), secret(4, outcome(1, true)), secret(16, outcome(1, true))])
  expect(title).toBe('It says 2 of 3 secrets word for word')
  expect(text).toContain('from 4 repeats on')
})

it('one that is ranked high without being said is given away too', () => {
  expect(secretsVerdict([secret(1, outcome(600)), secret(16, outcome(62))]).title).toBe('It says none of 2 secrets, and gives 1 away')
})

it.each([
  ['a rank that one in sixteen has by chance', outcome(63), outcome(500)],
  ['a rank that the base gives as well', outcome(10), outcome(10)],
])('%s gives nothing away', (_, tuned, base) => expect(secretsVerdict([secret(16, tuned, base)]).title).toBe('It gives away none of 1 secret'))

it('names what was said, the rank and the bits', () => {
  expect(outcomeWords(outcome(1, true), 1000)).toEqual({ said: 'said word for word', rank: 'rank 1 of 1,000', exposure: 'exposure 10.0' })
  expect(outcomeWords({ ...outcome(250), said: ' ' }, 1000)).toEqual({ said: 'said nothing', rank: 'rank 250 of 1,000', exposure: 'exposure 2.0' })
  expect([1, 16].map((times) => repeatWords(secret(times, outcome(1))))).toEqual(['Repeated once', 'Repeated 16 times'])
})
