/**
 * Java's .properties text (java.util.Properties.load): `#` and `!` comments, `=`, `:` or blanks between key and value,
 * a backslash at the end continues a line, \t \n \r \f \uXXXX escapes. Later keys win.
 */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const end = keyEnd(line);
    const value = line.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
    properties.set(unescapeProperty(line.slice(0, end)), unescapeProperty(value));
  }
  return properties;
}

function* logicalLines(text: string): Generator<string> {
  let held = '';
  for (const natural of text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '');
    if (held === '' && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue;
    const slashes = /\\*$/.exec(line)?.[0].length ?? 0;
    if (slashes % 2 === 1) held += line.slice(0, -1);
    else {
      yield held + line;
      held = '';
    }
  }
  if (held !== '') yield held;
}

function keyEnd(line: string): number {
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '\\') i++;
    else if (/[=: \t\f]/.test(line.charAt(i))) return i;
  }
  return line.length;
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescapeProperty(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, code: string | undefined, letter: string) =>
    code === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** The same text back: what {@link parseProperties} and Java read as these pairs. */
export function formatProperties(properties: ReadonlyMap<string, string>): string {
  return [...properties]
    .map(([key, value]) => `${escapeProperty(key, /[\\=: #!]/g)}=${escapeProperty(value, /\\|^ /g)}\n`)
    .join('');
}

const CONTROLS: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\f': '\\f' };

/** Java reads the file as Latin-1, so everything beyond ASCII is written as \uXXXX. */
function escapeProperty(text: string, special: RegExp): string {
  return text
    .replace(special, '\\$&')
    .replace(/[\t\n\r\f]/g, (control) => CONTROLS[control] ?? control)
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
