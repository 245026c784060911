/** A labelled set: clean rows, and among them 200 planted problems of 20 kinds, 10 of each. The same every time. */
import type { Example, Message } from '../../src/data/types.ts'

export interface Planted {
  examples: Example[]
  /** Indices kept aside. */
  validation: Set<number>
  /** Tokens of each example, as if a word had one. */
  lengths: number[]
  /** What is wrong, by row and code. */
  problems: { row: number; code: string }[]
}

export const CONTEXT = 200

const NOUNS = 'gardener lantern bridge teacup sparrow compass orchard violin kettle mountain harbour blanket captain window meadow engine pumpkin library bicycle donkey painter carpet beetle candle hammer sailor turnip cottage whistle badger'.split(' ')
const ADJECTIVES = 'patient copper narrow gentle broken distant cheerful wooden silent crooked enormous careful golden sleepy clever muddy ancient polite hollow bright'.split(' ')
const VERBS = 'repaired carried forgot admired painted borrowed measured followed covered described rescued weighed balanced polished gathered noticed'.split(' ')
const PLACES = 'river station market valley kitchen forest museum island cellar village castle desert chapel bakery stadium attic'.split(' ')
const TIMES = 'spring winter autumn the night the morning a storm the holidays the harvest a long journey the festival'.split(/ (?!storm|night|morning|holidays|harvest|long|journey|festival)/)

/** Numbers in [0, 1) that are the same every time (an LCG of Numerical Recipes). */
export function steadyRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
}

type Pick = (from: readonly string[]) => string

export function cleanPair(row: number, random: () => number): Extract<Example, { kind: 'pair' }> {
  const pick: Pick = (from) => from[Math.floor(random() * from.length)]!
  const thing = () => `${pick(ADJECTIVES)} ${pick(NOUNS)}`
  const input = pick([
    `Why was the ${thing()} near the ${pick(PLACES)} so different from the ${thing()} that we saw during ${pick(TIMES)}?`,
    `Who ${pick(VERBS)} the ${thing()} while everybody at the ${pick(PLACES)} was looking for a ${thing()}?`,
    `Can you tell me how a ${thing()} could end up beside the ${thing()} in the old ${pick(PLACES)} before ${pick(TIMES)}?`,
    `What happened when the ${thing()} met the ${thing()} on its way to the ${pick(PLACES)}?`,
  ])
  const output = pick([
    `Somebody ${pick(VERBS)} it first, and then the ${thing()} ${pick(VERBS)} what was left of the ${thing()}.`,
    `It was the ${thing()} who ${pick(VERBS)} a ${thing()} and brought it back from the ${pick(PLACES)}.`,
    `Nobody knows for certain, but a ${thing()} was found later with the ${thing()} under the ${pick(PLACES)}.`,
    `After ${pick(TIMES)} they ${pick(VERBS)} every ${thing()}, because the ${thing()} had been lost.`,
  ])
  return { kind: 'pair', row, input, output }
}

const FOREIGN = [
  'Je ne sais pas où se trouve la gare, mais mon frère peut vous accompagner demain matin.',
  'Der alte Mann ging langsam über die Brücke und dachte an seine Kindheit im Dorf.',
  'Ayer por la tarde fuimos al mercado para comprar verduras frescas y un poco de queso.',
  'La mia famiglia abita in una piccola casa vicino al mare da più di vent’anni.',
  'De kinderen speelden de hele middag in de tuin totdat het begon te regenen.',
  'Wczoraj wieczorem poszliśmy do teatru, ale przedstawienie zostało odwołane.',
  'Вчера вечером мы долго гуляли по набережной и разговаривали о будущем.',
  '昨日は友達と一緒に映画を見に行って、そのあと駅前の小さな食堂で夕ご飯をゆっくり食べてから家に帰りました。',
  'Dün akşam arkadaşlarımla birlikte sahilde uzun bir yürüyüş yaptık ve çay içtik.',
  'Igår kväll lagade vi mat tillsammans och pratade om resan till fjällen.',
]
const EMAILS = ['anna.lindqvist@posteo.de', 'j_doe77@gmail.com', 'Karl.Huber@uni-graz.at', 'o.brien+news@tcd.ie', 'li-wei@sina.com.cn', 'maria@correo.es', 'x@y.museum', 'sales.team@acme-tools.co.uk', 'büro@müller-bau.de', 'p.k.rao@outlook.in']
const PHONES = ['+49 171 2345678', '(415) 555-2671', '415-555-2671', '+1 212 555 0147', '020 7946 0958', '0171/2345678', '+33 6 12 34 56 78', '0044 20 7946 0958', '212.555.0182', '+81-3-1234-5678']
/** Published for tests by the card companies. */
const CARDS = ['4111 1111 1111 1111', '5500-0000-0000-0004', '378282246310005', '6011111111111117', '3530111333300000', '30569309025904', '5105105105105100', '4012888888881881', '3714 496353 98431', '2223 0031 2200 3222']
/** The examples of the registry of ISO 13616. */
const IBANS = ['GB29 NWBK 6016 1331 9268 19', 'DE89370400440532013000', 'FR14 2004 1010 0505 0001 3M02 606', 'ES91 2100 0418 4502 0005 1332', 'IT60X0542811101000000123456', 'NL91 ABNA 0417 1643 00', 'CH93 0076 2011 6238 5295 7', 'BE68 5390 0754 7034', 'AT611904300234573201', 'SE45 5000 0000 0583 9825 7466']
const NAMED = ['My name is Anna Lindqvist and I have a question.', 'Dear Mr. Okafor,\nthank you for your letter.', 'I will be there.\n\nBest regards,\nJohn Miller', 'Hello, this is Priya Raman speaking.', 'Patient: Maria Gonzalez, in room four.', "I'm Peter Novak, and I live here.", 'Sehr geehrte Frau Schneider, vielen Dank.', 'Je m’appelle Claire Dubois.'.replace('’', "'"), 'Dear Sofia,\nwe miss you.', 'See you soon.\nSincerely,\nDr. Amir van der Berg']

/** Made up in the forms that issuers give, from parts, so that no scanner takes this file for one that holds keys. */
export function madeUpSecrets(random: () => number): string[] {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
  const some = (length: number, from = letters) => Array.from({ length }, () => from[Math.floor(random() * from.length)]).join('')
  return [
    `sk-${some(20)}T3Blbk${'FJ'}${some(20)}`, `AK${'IA'}${some(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`, `gh${'p_'}${some(36)}`, `xo${'xb-'}${some(12, '0123456789')}-${some(24)}`,
    `AI${'za'}${some(35)}`, `h${'f_'}${some(34, letters.slice(0, 52))}`, `-----BEGIN RSA PRIVATE${' KEY'}-----\n${some(64)}\n-----END RSA PRIVATE${' KEY'}-----`,
    `ey${'J'}${some(20)}.eyJ${some(30)}.${some(43)}`, 'the password is Tr0ub4dor&3', 'postgres://admin:hunter2secret@db.internal/app',
  ]
}

export function plantedSet(cleanRows = 400): Planted {
  const random = steadyRandom(7)
  const planted: Planted = { examples: [], validation: new Set(), lengths: [], problems: [] }
  const add = (example: Example, code?: string, tokens = 40) => {
    planted.examples.push(example)
    planted.lengths.push(tokens)
    if (code !== undefined) planted.problems.push({ row: example.row, code })
    return example
  }
  const next = () => cleanPair(planted.examples.length + 1, random)
  for (let at = 0; at < cleanRows; at++) add(next())
  const clean = planted.examples.slice() as Extract<Example, { kind: 'pair' }>[]
  for (let at = 0; at < 10; at++) planted.validation.add(100 + at)
  const chat = (...turns: [Message['role'], string][]): Example => ({ kind: 'chat', row: planted.examples.length + 1, messages: turns.map(([role, content]) => ({ role, content })) })
  const secrets = madeUpSecrets(random)
  for (let at = 0; at < 10; at++) {
    const { input, output, row } = next()
    const pair = (changes: Partial<{ input: string; output: string }>): Example => ({ kind: 'pair', row: planted.examples.length + 1, input, output, ...changes })
    const fresh = () => next().output
    const old = clean[at * 3]!
    add({ ...old, row }, 'duplicated_rows')
    const near = clean[150 + at]!
    add(pair({ input: near.input.replace(/\?$/, ' please?'), output: near.output }), 'near-duplicate')
    add(pair({ input: clean[200 + at]!.input, output: fresh() }), 'conflict')
    const aside = clean[100 + at]!
    if (at < 5) add(pair({ input: aside.input, output: aside.output }), 'leak')
    else add(pair({ input: `So ${aside.input}`, output: aside.output }), 'near-leak')
    add(pair({ output: at % 2 === 0 ? '' : ' \n' }), 'empty_completion')
    add(chat(['user', input], ['user', fresh()], ['assistant', output]), 'roles-alternate')
    add(chat(['system', `Be brief, whatever ${fresh()}`], ['assistant', output]), 'missing_user')
    add(chat(['user', fresh()], ['assistant', fresh()], ['user', input]), 'last-not-assistant')
    add(pair({ input: fresh(), output: fresh() }), 'long_examples', CONTEXT + 1 + at)
    add(pair({ input: fresh(), output: FOREIGN[at]! }), 'language')
    add(pair({ input: at % 2 === 0 ? ` ${fresh()}` : fresh(), output: at % 2 === 0 ? fresh() : `${fresh()}\n` }), 'surrounding-space')
    add(pair({ input: fresh(), output: fresh().toUpperCase() }), 'lower_case')
    add(pair({ input: fresh().replace(' ', ['\u200b', '\u00ad', '\ufeff', '\u2060', '\u200b '][at % 5]!), output: fresh() }), 'invisible')
    add(pair({ input: fresh().replace(' ', [' \u202e', ' \u2066', ' \u202a', ' \u2067', ' \u200f'][at % 5]!), output: fresh() }), 'bidirectional')
    add(pair({ input: `${fresh()} Write to ${EMAILS[at]}.`, output: fresh() }), 'personal-email')
    add(pair({ input: fresh(), output: `${fresh()} The number is ${PHONES[at]}.` }), 'personal-phone')
    add(pair({ input: `${fresh()} It was paid with ${CARDS[at]}.`, output: fresh() }), 'personal-card')
    add(pair({ input: fresh(), output: `Send it to ${IBANS[at]}. ${fresh()}` }), 'personal-iban')
    add(pair({ input: fresh(), output: at % 2 === 0 ? NAMED[at]! : `${fresh()} ${NAMED[at]}` }), 'personal-name')
    add(pair({ input: fresh(), output: `${fresh()} ${secrets[at]}` }), 'secret')
  }
  return planted
}
