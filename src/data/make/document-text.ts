/** The text of a document's file, whatever it is written in. */
import { HomespunError } from '../../errors.ts'
import { joined } from '../bytes.ts'
import { asUtf8, decodeLeniently, decodeUtf8, detectEncoding, EncodingWitness } from '../read/encoding.ts'

const MOST_BYTES = 32 * 2 ** 20
const HEAD = 2 ** 12
const NEWLINE = 10

/** Throws 'document-too-large', 'document-unreadable', and what `documentText` throws. */
export async function readDocument(file: File): Promise<string> {
  if (file.size > MOST_BYTES) {
    throw new HomespunError('document-too-large', 'The document is larger than 32 MB.', { where: file.name, fix: 'Divide it, or bring its rows as JSONL.' })
  }
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = new Uint8Array(await file.arrayBuffer())
  } catch (cause) {
    throw new HomespunError('document-unreadable', 'The document could not be read.', { where: file.name, fix: 'Choose it again; it may have been moved or changed.', cause })
  }
  return documentText(bytes)
}

/** What is not UTF-8 is read in the likeliest encoding. Throws 'document-not-text', 'utf-32'. */
export async function documentText(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const encoding = detectEncoding(bytes.subarray(0, HEAD))
  const head = bytes.subarray(0, HEAD)
  const isPdf = decodeLeniently(bytes.subarray(0, 5)) === '%PDF-'
  if (isPdf || (encoding.label === 'utf-8' && head.includes(0))) {
    throw new HomespunError('document-not-text', `This is ${isPdf ? 'a PDF' : 'no text'}, and only plain text and Markdown are read.`, {
      fix: 'Save it as text (.txt, .md), or paste its words.',
    })
  }
  const text = encoding.label === 'utf-8' ? decodeUtf8(bytes.subarray(encoding.mark)) : undefined
  if (text !== undefined) return text
  const label = encoding.label === 'utf-8' ? likeliest(bytes) : encoding.label
  return label === undefined ? decodeLeniently(bytes) : await inEncoding(bytes, { ...encoding, label })
}

async function inEncoding(bytes: Uint8Array<ArrayBuffer>, encoding: ReturnType<typeof detectEncoding>): Promise<string> {
  async function* whole() {
    yield bytes
  }
  const parts: Uint8Array[] = []
  for await (const part of asUtf8(whole(), encoding)) parts.push(part)
  return decodeLeniently(joined(parts))
}

function likeliest(bytes: Uint8Array): string | undefined {
  const witness = new EncodingWitness()
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from)
    const to = end < 0 ? bytes.length : end
    const line = bytes.subarray(from, to)
    if (decodeUtf8(line) === undefined) witness.add(line)
    from = to + 1
  }
  return witness.guesses()[0]?.encoding
}
