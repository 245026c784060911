/** How often groups of people are mentioned: counts, and no verdict. */
import { count, eachExample, exampleTexts, type CheckData, type Report } from '../data.ts'
import { eachWord } from '../words.ts'

/** English words, by the group that they name. */
const GROUPS: Readonly<Record<string, string>> = {
  'women and girls': 'she her hers herself woman women girl girls mother mothers daughter daughters sister sisters wife wives female females',
  'men and boys': 'he him his himself man men boy boys father fathers son sons brother brothers husband husbands male males',
  'gay, lesbian, bisexual and transgender people': 'gay gays lesbian lesbians bisexual bisexuals homosexual homosexuals transgender transsexual nonbinary queer lgbt lgbtq',
  Christians: 'christian christians catholic catholics protestant protestants',
  Muslims: 'muslim muslims islamic',
  Jews: 'jew jews jewish',
  'Hindus, Buddhists and Sikhs': 'hindu hindus buddhist buddhists sikh sikhs',
  atheists: 'atheist atheists',
  'Africans and Black Americans': 'african africans',
  'Asians and Asian Americans': 'asian asians',
  'Latin Americans': 'latino latinos latina latinas hispanic hispanics',
  'migrants and refugees': 'immigrant immigrants migrant migrants refugee refugees',
  'disabled people': 'disabled disability disabilities wheelchair deaf blind autistic',
  'old people': 'elderly senior seniors pensioner pensioners',
}

/** By the hash of a word. */
const GROUP_OF = new Map<number, string>()
for (const [group, words] of Object.entries(GROUPS)) eachWord(words, Infinity, (word) => GROUP_OF.set(word, group))

/** "group-mentions": in how many rows each group is mentioned. A word may mean something else; nothing is concluded from it. */
export function* checkGroups(data: CheckData, report: Report): Generator<number, void, undefined> {
  const rows = new Map<string, number>()
  for (const [, example, done] of eachExample(data)) {
    const groups = new Set<string>()
    for (const text of exampleTexts(example)) {
      eachWord(text, Infinity, (word) => {
        const group = GROUP_OF.get(word)
        if (group !== undefined) groups.add(group)
      })
    }
    for (const group of groups) rows.set(group, (rows.get(group) ?? 0) + 1)
    yield done
  }
  if (rows.size === 0) return
  const listed = [...rows].sort((one, two) => two[1] - one[1]).map(([group, times]) => `${group} in ${count(times, 'row')}`)
  report({ row: 0, code: 'group-mentions', severity: 'info', message: `Groups of people that are mentioned: ${listed.join('; ')}.` })
}
