import { ToolError } from './errors.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { BLANK, CONTROL, HIDDEN } from './names/characters.ts';
import type { Problem } from './problem.ts';

declare const brand: unique symbol;
/**
 * A name that is safe to create below any folder on any platform: relative, "/"-separated, no "..". The brand is the
 * proof.
 */
export type ArchivePath = string & { readonly [brand]: 'ArchivePath' };

/** The name as an ArchivePath; throws UNSAFE_NAME. */
export function toArchivePath(name: string): ArchivePath {
  const [problem] = findNameProblems(name);
  if (problem) throw new ToolError('UNSAFE_NAME', { name, reason: problem.message });
  return name as ArchivePath;
}

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

type Add = (rule: NameRule, message: string) => void;

/** Windows treats the part before the first dot, without trailing blanks, as a device: `aux .txt` is one. */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)/i;
const WINDOWS_CHARACTERS = /[<>:"|?*]/;
/** Short (8.3) names that Windows may give to MAR-INF, WAR-INF and MANIFEST.json, or to names that start like them. */
const WINDOWS_SHORT_FORM = /^([mw]ar-i?n?|manif?e?|[mw]a[0-9a-f]{4})~\d+(\.[^.]*)?$/i;
/** Maximum length of a component on current file systems. */
const COMPONENT_BYTES = 255;

const EDGE_BLANK = new RegExp(`^${BLANK.source}|${BLANK.source}$`, 'u');

export const MANIFEST_PATH = toArchivePath('MAR-INF/MANIFEST.json');
export const WORKFLOW_MANIFEST_PATH = toArchivePath('WAR-INF/MANIFEST.json');

/** Everything wrong with a name, in phrases about "it"; empty if it is an ArchivePath. */
export function findNameProblems(
  name: string,
  limits: Pick<Limits, 'nameBytes' | 'nameDepth'> = defaultLimits,
): readonly Problem<NameRule>[] {
  const problems: Problem<NameRule>[] = [];
  const add: Add = (rule, message) => problems.push({ rule, message });
  const parts = name.split('/');
  judgeCharacters(name, add);
  judgeComponents(parts, add);
  if (parts.some((part) => WINDOWS_DEVICE.test(part))) add('archive/name-windows', 'it is a device name on Windows');
  if (parts.some((part) => part !== '.' && part !== '..' && /[. ]$/.test(part)))
    add('archive/name-windows', 'a component ends in a dot or a space');
  if (parts.some((part) => WINDOWS_SHORT_FORM.test(part)))
    add('archive/name-windows', 'on Windows it may be the short name of MAR-INF, WAR-INF or MANIFEST.json');
  if (WINDOWS_CHARACTERS.test(name))
    add('archive/name-windows', 'it contains a character that Windows cannot store or reads as a stream');
  const bytes = Buffer.byteLength(name);
  if (bytes > limits.nameBytes) add('archive/name-length', `it has ${bytes} bytes, more than ${limits.nameBytes}`);
  if (bytes > COMPONENT_BYTES && parts.some((part) => Buffer.byteLength(part) > COMPONENT_BYTES))
    add('archive/name-length', `a component has more than ${COMPONENT_BYTES} bytes`);
  if (parts.length > limits.nameDepth)
    add('archive/name-length', `it has ${parts.length} components, more than ${limits.nameDepth}`);
  return problems;
}

function judgeCharacters(name: string, add: Add): void {
  if (/^[/\\]/.test(name) || /^[A-Za-z]:/.test(name)) add('archive/name-absolute', 'it is absolute');
  if (name.includes('\\')) add('archive/name-backslash', 'it contains a backslash');
  if (CONTROL.test(name)) add('archive/name-control', 'it contains a control character');
  const hidden = HIDDEN.exec(name)?.[0].codePointAt(0);
  if (hidden !== undefined)
    add('archive/name-invisible', `it contains an invisible or direction-changing character, ${showCode(hidden)}`);
}

function judgeComponents(parts: readonly string[], add: Add): void {
  if (parts.includes('..')) add('archive/name-parent', 'it contains ".."');
  if (parts.some((part) => part === '' || part === '.'))
    add('archive/name-component', 'it has an empty or "." component');
  if (parts.some((part) => /^\p{M}/u.test(part)))
    add('archive/name-invisible', 'a component starts with a combining mark');
  if (parts.some((part) => EDGE_BLANK.test(part)))
    add('archive/name-invisible', 'a component starts or ends with an unusual blank');
}

function showCode(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
