import { ToolError } from './errors.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { Problem } from './problem.ts';

declare const brand: unique symbol;
/** A name proven safe to create below any folder on any platform: relative, "/"-separated, no "..". Only this file makes one. */
export type ArchivePath = string & { readonly [brand]: 'ArchivePath' };

export const MANIFEST_PATH = 'MAR-INF/MANIFEST.json' as ArchivePath;
export const WORKFLOW_MANIFEST_PATH = 'WAR-INF/MANIFEST.json' as ArchivePath;

/** The rules a name can break. */
export type NameRule =
  | 'archive/name-absolute'
  | 'archive/name-parent'
  | 'archive/name-component'
  | 'archive/name-backslash'
  | 'archive/name-control'
  | 'archive/name-invisible'
  | 'archive/name-windows'
  | 'archive/name-length';

const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;
// Bidirectional controls and zero-width characters make a shown name differ from the real one (Trojan Source, CVE-2021-42574).
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const WINDOWS_CHARACTERS = /[<>:"|?*]/;

/** Everything wrong with a name, in words about "it"; empty when it is an {@link ArchivePath}. */
export function findNameProblems(
  name: string,
  limits: Pick<Limits, 'nameBytes' | 'nameDepth'> = defaultLimits,
): readonly Problem<NameRule>[] {
  const problems: Problem<NameRule>[] = [];
  const add = (rule: NameRule, message: string) => problems.push({ rule, message });
  if (/^[/\\]/.test(name) || /^[A-Za-z]:/.test(name)) add('archive/name-absolute', 'it is absolute');
  if (name.includes('\\')) add('archive/name-backslash', 'it contains a backslash');
  if (CONTROL.test(name)) add('archive/name-control', 'it contains a control character');
  if (INVISIBLE.test(name)) add('archive/name-invisible', 'it contains an invisible or direction-changing character');
  const parts = name.split('/');
  if (parts.includes('..')) add('archive/name-parent', 'it contains ".."');
  if (parts.some((part) => part === '' || part === '.'))
    add('archive/name-component', 'it has an empty or "." component');
  if (parts.some((part) => WINDOWS_DEVICE.test(part))) add('archive/name-windows', 'it is a device name on Windows');
  if (parts.some((part) => part !== '.' && part !== '..' && /[. ]$/.test(part)))
    add('archive/name-windows', 'a component ends in a dot or a space');
  if (WINDOWS_CHARACTERS.test(name))
    add('archive/name-windows', 'it contains a character that Windows cannot store or reads as a stream');
  const bytes = Buffer.byteLength(name);
  if (bytes > limits.nameBytes) add('archive/name-length', `it has ${bytes} bytes, more than ${limits.nameBytes}`);
  if (parts.some((part) => Buffer.byteLength(part) > 255))
    add('archive/name-length', 'a component has more than 255 bytes');
  if (parts.length > limits.nameDepth)
    add('archive/name-length', `it has ${parts.length} components, more than ${limits.nameDepth}`);
  return problems;
}

/** The name as an ArchivePath; throws UNSAFE_NAME. */
export function toArchivePath(name: string): ArchivePath {
  const [problem] = findNameProblems(name);
  if (problem) throw new ToolError('UNSAFE_NAME', { name, reason: problem.message });
  return name as ArchivePath;
}

/** Names that one file system or another takes for the same file get the same key: case-folded, NFC. */
export function collisionKey(path: string): string {
  return path.normalize('NFC').toLowerCase().toUpperCase().normalize('NFC');
}
