/** What is known about a stream before anything is written to it. */
export interface StreamFacts {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/** FORCE_COLOR decides either way, then NO_COLOR (no-color.org: any value but the empty one), then the terminal. */
export function wantsColor(env: Env, { isTTY }: StreamFacts): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR) return false;
  return isTTY && env.TERM !== 'dumb';
}

/** A locale that names another encoding than UTF-8 cannot show blocks and boxes; the bare Linux console has few of them. */
export function showsUnicode(env: Env): boolean {
  if (env.TERM === 'linux' || env.TERM === 'dumb') return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return locale === undefined || locale === 'C' || locale === 'POSIX' || /utf-?8/i.test(locale);
}

/** A terminal that does not know its width (0 columns: some containers, script(1)) would make ora count lines without end. */
export function takesSpinner(env: Env, { isTTY, columns }: StreamFacts): boolean {
  return isTTY && columns !== undefined && columns > 0 && env.TERM !== 'dumb';
}

/** COLUMNS, as argparse and many tools read it, then the terminal's own word. */
export function columnsOf(env: Env, { columns }: StreamFacts): number | undefined {
  const told = Number(env.COLUMNS);
  return Number.isInteger(told) && told > 0 ? told : columns;
}
