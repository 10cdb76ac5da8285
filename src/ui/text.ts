import { UNSHOWN } from '../core/names/characters.ts';
import { escapeCharacter } from '../core/names/quote.ts';

/** Colour codes as chalk writes them: ESC [ numbers m. */
const COLOR = /\u001b\[[\d;]*m/g;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const MARK = /\p{Mark}/u;

/** Display width of the text, without colour codes. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(COLOR, '')) {
    if (!MARK.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/**
 * Makes untrusted text safe to print: what moves the cursor, reverses, hides or shows as a space is escaped, so that a name
 * cannot imitate another.
 */
export function showText(text: string): string {
  return text.replace(UNSHOWN, escapeCharacter);
}

/** The same, but line breaks are kept. */
export function showLines(text: string): string {
  return text.split('\n').map(showText).join('\n');
}

/** A result as JSON. `JSON.stringify` escapes only below U+0020; terminals also interpret U+009B. */
export function formatJson(value: unknown): string {
  const lines = JSON.stringify(value, null, 2).split('\n');
  return `${lines.map((line) => line.replace(UNSHOWN, toJsonEscapes)).join('\n')}\n`;
}

/** `\uXXXX` for each UTF-16 unit, JSON's only escape of that kind. */
function toJsonEscapes(character: string): string {
  return character.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text;
}

/** Wraps words at `width` columns; longer words get a line of their own. Line breaks are kept. */
export function wrapText(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    return [...lines, line];
  });
}

/** Indents all lines but the first by the width of `label`. */
export function hangText(label: string, text: string, width: number): string {
  const indent = ' '.repeat(textWidth(label));
  return wrapText(text, Math.max(20, width - indent.length))
    .map((line, index) => (index === 0 ? label : indent) + line)
    .join('\n');
}
