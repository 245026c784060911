/** Encodings as people may know them: by what is written in them. The label is the Encoding Standard's. */

const NAMES: Readonly<Record<string, string>> = {
  'utf-8': 'UTF-8',
  'windows-1252': 'Western European',
  'windows-1250': 'Central European',
  'windows-1251': 'Cyrillic',
  'koi8-r': 'Russian, older (KOI8-R)',
  ibm866: 'Russian, DOS',
  'windows-1253': 'Greek',
  'windows-1254': 'Turkish',
  'windows-1255': 'Hebrew',
  'windows-1256': 'Arabic',
  'windows-1257': 'Baltic',
  'windows-1258': 'Vietnamese',
  'windows-874': 'Thai',
  macintosh: 'Western European, old Mac',
  shift_jis: 'Japanese (Shift JIS)',
  'euc-jp': 'Japanese (EUC)',
  gb18030: 'Chinese, simplified',
  big5: 'Chinese, traditional',
  'euc-kr': 'Korean',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16, big-endian',
}

export const encodings: readonly string[] = Object.keys(NAMES)

/** "Cyrillic (windows-1251)"; what says its own name already has it once. */
export function encodingName(label: string): string {
  const name = NAMES[label]
  return name === undefined ? label : /\(|^UTF/.test(name) ? name : `${name} (${label})`
}
