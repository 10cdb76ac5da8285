/**
 * What @lezer/python 1.1 takes for an error though CPython 3.12 accepts it, rewritten to something it knows. Every
 * replacement keeps all offsets, so lines and columns are those of the source; text inside strings may change, which no
 * fact depends on. Found by parsing 8,000 files of the standard library and of installed packages.
 */
export function adaptPython(text: string): string {
  return gaps.reduce((adapted, [pattern, rewrite]) => adapted.replace(pattern, rewrite), text);
}

type Rewrite = (match: string, ...groups: string[]) => string;

const blank = (text: string) => ' '.repeat(text.length);

const gaps: readonly (readonly [RegExp, Rewrite])[] = [
  // A byte order mark, which Python skips.
  [/^\ufeff/, () => ' '],
  // A line joined to the next; in a comment the backslash means nothing.
  [/^([^#\n]*)\\(\r?\n)/gm, (_, line = '', end = '') => `${line} ${blank(end)}`],
  // A form feed is white space to Python and starts the indentation anew.
  [/^\f+/gm, (feeds) => '\n'.repeat(feeds.length)],
  [/\f/g, () => ' '],
  // A blank line of tabs is still blank.
  [/^[ \t]+$/gm, blank],
  // `2.` and `1.e5`: a number may end in its point.
  [/(?<![\w.])(\d[\d_]*)\.(?=[^\w.]|$|[eE][+-]?\d|[jJ]\b)/g, (_, digits = '') => `${digits}0`],
  // A yield without a value.
  [/\byield(?=[ \t]*(?:[\n\r#)\],;}]|$))/g, () => 'None '],
  // `with a() as (b, c):` and `with a() as self.b:`.
  [
    /\bas(\s*)(\([\w\s,*.()[\]]*?\))(?=\s*[:,])/g,
    (_, space = '', target = '') => `as${space}_${blank(target.slice(1))}`,
  ],
  [/\bas[ \t]+\w+(?:\.\w+)+/g, (target) => target.replaceAll('.', '_')],
  // `for a, *b in c`.
  [/\bfor\b[^\n:=]*?\bin\b/g, (targets) => targets.replace(/(?<=[\s,(])\*(?=\w)/g, ' ')],
  // Patterns of `case` beyond the simplest: only the block below them matters here.
  [
    /^([ \t]*case[ \t]+)([^\n]+)(:[ \t]*(?:#[^\n]*)?)$/gm,
    (_, head = '', pattern = '', tail = '') => `${head}_${blank(pattern.slice(1))}${tail}`,
  ],
];

/** Statements the parser reads with gaps that no replacement closes: an error near them is a doubt, not a verdict. */
export function hasDoubtfulSyntax(text: string): boolean {
  return (
    /^[ \t]*(?:case\b|(?:async[ \t]+)?with[ \t]*\()/m.test(text) ||
    /\[[^\]\n]*[[,][ \t]*\*/.test(text) ||
    /\blambda[^:\n]*\//.test(text)
  );
}
