/** International bank account numbers (ISO 13616): a country's length and a right remainder modulo 97. */
import { matchesOf, type PrivateMatch } from './match.ts'

const CANDIDATE = /(?<![A-Za-z\d])[A-Z]{2}\d{2}(?:[ -]?[A-Z\d]{1,4}){3,8}(?![A-Za-z\d])/g
/** Characters by country, from the SWIFT registry. */
const LENGTHS =
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
const LENGTH_OF = new Map(LENGTHS.split(' ').map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]))

export function findIbans(text: string): PrivateMatch[] {
  return matchesOf(text, CANDIDATE, 'iban', 'a bank account number (IBAN) with a right checksum', (found) => {
    const plain = found.replace(/[ -]/g, '')
    return LENGTH_OF.get(plain.slice(0, 2)) === plain.length && remainder(plain) === 1 ? plain : undefined
  })
}

/** The first four characters at the end, letters as 10 … 35, modulo 97: 1 for a right number. */
function remainder(iban: string): number {
  let rest = 0
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = parseInt(character, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest
}
