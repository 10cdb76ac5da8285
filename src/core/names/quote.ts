import { BLANK, CONTROL, HIDDEN } from './characters.ts';

/** Longer names would fill the screen. */
const SHOWN = 200;

const UNSHOWN = new RegExp(`${CONTROL.source}|${HIDDEN.source}|${BLANK.source}`, 'gu');

/** A name from a file, for a message: in quotes, invisible characters escaped, shortened if it is long. */
export function quote(name: string): string {
  const text = JSON.stringify(name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name);
  return text.replace(UNSHOWN, escapeCharacter);
}

/** A character as JavaScript and JSON write it by its number. */
export function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
