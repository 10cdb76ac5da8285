import { decodeText } from '../core/documents/encoded-text.ts';
import type { TextReading } from '../core/documents/text-member.ts';

/** As the tokenizer of CPython looks for it (PEP 263). */
const CODING = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;
const BLANK = /^[ \t\f]*(?:#.*)?$/;
/** CPython takes the names of these with an ending of Emacs ("utf-8-unix"). */
const WITH_ENDING = /^(utf-8|latin-1|iso-8859-1|iso-latin-1)-.*$/;
/** Bytes that are looked at for a coding line. */
const HEAD_BYTES = 1024;

/** The text of a Python file: in UTF-8, or in the encoding that its coding line names. */
export function decodePython(bytes: Uint8Array): TextReading {
  const encoding = findCoding(bytes) ?? 'utf-8';
  // Neither can hold the coding line itself.
  if (/^utf-(16|32)/.test(encoding)) return { kind: 'unreadable', reason: `it cannot be ${encoding}` };
  return decodeText(bytes, encoding);
}

/** Of the first two lines, the second one only behind a blank or a comment. */
function findCoding(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  // A mark says UTF-8, and CPython takes no other name beside it.
  if (head.startsWith('\xef\xbb\xbf')) return undefined;
  const [first = '', second = ''] = head.split(/\r\n?|\n/);
  const found = CODING.exec(first) ?? (BLANK.test(first) ? CODING.exec(second) : null);
  const name = found?.[1]?.toLowerCase().replaceAll('_', '-');
  return name?.replace(WITH_ENDING, '$1');
}
