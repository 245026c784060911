/**
 * Names of people, known by what stands around them: "my name is …", a salutation, a signature, a form. A name alone is never
 * one: it may be a hero's, a town's or an author's.
 */
import { matchesOf, type PrivateMatch } from './match.ts'

const WORD = String.raw`\p{Lu}[\p{Ll}\p{M}]+(?:['’-]?\p{Lu}[\p{Ll}\p{M}]+)?`
const PARTICLE = String.raw`(?:(?:van|von|der|den|de|la|le|di|da|del|dos|bin|ibn|al|el|zu) ){0,2}`
const INITIAL = String.raw`(?:\p{Lu}\. )?`
const FULL = String.raw`${WORD}(?: ${INITIAL}${PARTICLE}${WORD}){1,2}`
const ANY = String.raw`${WORD}(?: ${INITIAL}${PARTICLE}${WORD}){0,2}`
const TITLE = String.raw`(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Herr|Frau|Madame|Monsieur|Mme|Señora?|Sra?|Signora?)\.? `

const pattern = (source: string) => new RegExp(source, 'gu')

/** Each with the name as its group. */
const CONTEXTS: readonly RegExp[] = [
  pattern(String.raw`\b(?:[Mm]y|[Hh]is|[Hh]er) (?:full |first |last )?name(?: is|'s|’s) (${ANY})`),
  pattern(String.raw`\b(?:[Mm]ein Name ist|[Ii]ch hei(?:ß|ss)e|[Jj]e m['’]appelle|[Mm]e llamo|[Mm]i nombre es|[Mm]i chiamo|[Mm]ijn naam is) (${ANY})`),
  pattern(String.raw`\b(?:I am|I['’]m) (${FULL})(?=[,.]| and | from | at )`),
  pattern(String.raw`\b[Tt]his is (${ANY})(?= (?:speaking|calling|from|here)\b)`),
  pattern(String.raw`\b(?:Dear|Sehr geehrter?|Liebe[r]?|Chère?|Estimad[oa]|Querid[oa]|Gentile) (?:${TITLE}){0,2}(${ANY})(?=\s*[,:!\n]|\s*$)`),
  pattern(String.raw`\b(?:Hi|Hello|Hey|Hallo) (?:${TITLE})?(${ANY})(?=, |,\n)`),
  pattern(String.raw`(?:[Rr]egards|[Ss]incerely(?: yours)?|[Yy]ours (?:sincerely|faithfully|truly)|[Bb]est wishes|[Mm]any thanks|[Cc]heers|Mit freundlichen Grüßen|(?:Viele|Liebe|Beste) Grüße|Cordialement|Saludos|Atentamente|Cordiali saluti),?[ \t]*\n\s*(?:${TITLE})?(${ANY})(?=\s*(?:\n|,|$))`),
  pattern(String.raw`(?:[Rr]egards|[Ss]incerely|Cheers|Grüßen), (${ANY})[.]?\s*$`),
  pattern(String.raw`\b(?:[Ff]ull [Nn]ame|[Nn]ame|[Pp]atient|[Cc]ustomer|[Cc]lient|[Ee]mployee|[Aa]pplicant|[Ss]igned|[Cc]ontact|Kunde|Kundin|Nom)(?: name)?: ?(?:${TITLE})?(${FULL})`),
]

/** One look that most texts fail. */
const TRIGGER = /name|Name|heiße|heisse|m['’]appelle|llamo|nombre|chiamo|naam|I am|I['’]m|his is|Dear|geehrte|Liebe|Ch[eè]re?\b|Estimad|Querid|Gentile|\bH(?:i|ello|ey|allo)\b|egards|incerely|Yours|yours|est wishes|any thanks|heers|Grüße|Cordial|Saludos|Atentamente|atient|ustomer|lient|mployee|pplicant|igned|ontact|Kund|Nom/

/** Words with a capital that stand where a name might. */
const NO_NAME = new Set(
  'sir madam all team customer customers friend friends everyone everybody colleague colleagues student students parents parent reader readers editor hiring manager support committee santa diary god lord world there mom mum dad grandma grandpa mother father kitty guest user users client clients patient employee member members neighbour neighbor valued sirs ladies gentlemen sincerely teacher professor doctor assistant unknown none anonymous john-doe not new the a an my your our computer damen herren kolleginnen kollegen freunde freundin freund'.split(' '),
)

export function findNames(text: string): PrivateMatch[] {
  if (!TRIGGER.test(text)) return []
  return CONTEXTS.flatMap((context) =>
    matchesOf(text, context, 'name', 'a name', (found) => {
      const words = found.toLowerCase().split(' ')
      return NO_NAME.has(words[0] ?? '') || NO_NAME.has(words.at(-1) ?? '') ? undefined : words.join(' ')
    }),
  )
}
