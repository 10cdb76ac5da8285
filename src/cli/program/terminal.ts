/** Capabilities of a stream. */
export interface StreamFacts {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/** FORCE_COLOR, else NO_COLOR (no-color.org: any non-empty value), else the terminal. */
export function wantsColor(env: Env, { isTTY }: StreamFacts): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR) return false;
  return isTTY && env.TERM !== 'dumb';
}

/** False for a locale with another encoding than UTF-8, and for the Linux console, which lacks many characters. */
export function showsUnicode(env: Env): boolean {
  if (env.TERM === 'linux' || env.TERM === 'dumb') return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return locale === undefined || locale === 'C' || locale === 'POSIX' || /utf-?8/i.test(locale);
}

/** False for a terminal of unknown width (0 columns: some containers, script(1)): ora would loop for ever. */
export function takesSpinner(env: Env, { isTTY, columns }: StreamFacts): boolean {
  return isTTY && columns !== undefined && columns > 0 && env.TERM !== 'dumb';
}

/** COLUMNS, as argparse and many tools read it, else the terminal's width. */
export function columnsOf(env: Env, { columns }: StreamFacts): number | undefined {
  const given = Number(env.COLUMNS);
  return Number.isInteger(given) && given > 0 ? given : columns;
}
