import { UNSHOWN } from './characters.ts';

/** Longer names would fill the screen. */
const SHOWN = 200;

/** A name from a file, for a message: in quotes, what does not show itself escaped, cut where it is long. */
export function quote(name: string): string {
  const text = JSON.stringify(name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name);
  return text.replace(UNSHOWN, escapeCharacter);
}

/** A character as JavaScript and JSON write it by its number. */
export function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
