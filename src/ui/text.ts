import { CONTROL, HIDDEN } from '../core/names/characters.ts';
import { escapeCharacter } from '../core/names/quote.ts';

/** Colour codes as chalk writes them: ESC [ numbers m. */
const COLOR = /\u001b\[[\d;]*m/g;
/** Anything a terminal would obey instead of showing, and characters that turn or hide the text around them. */
const UNSAFE = new RegExp(`${CONTROL.source}|${HIDDEN.source}`, 'gu');
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const MARK = /\p{Mark}/u;

/** Columns the text takes on a terminal, colour codes not counted. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(COLOR, '')) {
    if (!MARK.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/**
 * Text that came out of an archive, made safe to show: control and direction characters as escapes, so that a member's name
 * can neither move the cursor nor pass for another one.
 */
export function showText(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

/** The same for text of several lines, which stay lines. */
export function showLines(text: string): string {
  return text.split('\n').map(showText).join('\n');
}

/** JSON of a result. JSON itself escapes only what is below U+0020; a terminal obeys U+009B too. */
export function formatJson(value: unknown): string {
  const lines = JSON.stringify(value, null, 2).split('\n');
  return `${lines.map((line) => line.replace(UNSAFE, toJsonEscapes)).join('\n')}\n`;
}

/** `\uXXXX` for each UTF-16 unit, which is all that JSON knows. */
function toJsonEscapes(character: string): string {
  return character.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text;
}

/** Words wrapped to `width` columns; a longer word keeps its own line. Newlines in the text are kept. */
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

/** Text on several lines, all but the first indented by as many columns as `label` takes. */
export function hangText(label: string, text: string, width: number): string {
  const indent = ' '.repeat(textWidth(label));
  return wrapText(text, Math.max(20, width - indent.length))
    .map((line, index) => (index === 0 ? label : indent) + line)
    .join('\n');
}
