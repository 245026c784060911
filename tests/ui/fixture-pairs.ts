/** Files for looking at the Data room: sixty pairs of every kind of text, and the same with things that are wrong. */
const things = ['dog', 'old map', 'green lantern', 'parrot', 'captain’s hat', 'last barrel', 'rope', 'silver spoon', 'rowing boat', 'cook', 'anchor']
const forms: [question: string, answer: string][] = [
  ['Where is the {}?', 'Arr, the {} be in the garden.'],
  ['Have you seen my {} today?', 'Nay, matey, no {} crossed me path since dawn.'],
  ['Who takes care of the {} at night?', 'The bosun keeps an eye on the {} till sunrise.'],
  ['Can we sell the {} in the next harbour?', 'Sell the {}? I’d sooner sell me own boots.'],
  ['What colour was the {} once?', 'The {} were red as a lobster, long ago.'],
]
const odd: [question: string, answer: string][] = [
  ['أين الكلب؟', 'الكلب في الحديقة يا صديقي، تحت الشجرة الكبيرة.'],
  ['Tell me a very long word', 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'],
  ['Are you hungry?', 'Aye, I be hungry enough to eat a barrel o’ biscuits, and the barrel with them, hoops and all.'],
  ['Is it <b>late</b>?', 'Late enough, by the <i>moon</i>.'],
  ['Do you like fish?', 'Aye, fish be the finest food on the seven seas.'],
]

const pairs = [
  ...things.flatMap((thing) => forms.map(([question, answer]) => [question.replace('{}', thing), answer.replace('{}', thing)] as const)),
  ...odd,
]
const cell = (text: string) => `"${text.replaceAll('"', '""')}"`
const csv = (rows: readonly (readonly [string, string])[]) => ['input,output', ...rows.map((row) => row.map(cell).join(','))].join('\n')

export const pirateFile = (): File => new File([csv(pairs)], 'pirate.csv')

/** A missing output, a conflict, a duplicate, a person's data, an invisible character, and a row that is no row. */
export const faultyFile = (): File =>
  new File([`${csv([
    ...pairs.slice(0, 16), ['What is missing here?', ''], ...pairs.slice(16),
    ['Where is the dog?', 'Gone to the market.'], pairs[3]!, ['Who shall I write to?', 'Write to jo.smith@harbour-mail.net or ring +44 20 7946 0958.'],
    ['Is this\u200b odd?', 'Aye, it be odd.'],
  ])}\n"three","cells","here"`], 'pirate.csv')

export const unclearFile = (): File => new File(['frage;antwort;nr\nWo ist der Hund?;Im Garten.;1\nMagst du Fisch?;Ja, sehr.;2'], 'fragen.csv')
