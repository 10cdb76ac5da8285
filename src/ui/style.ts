import { Chalk, type ChalkInstance } from 'chalk';

/** Text styles of one stream; chosen by the cli, passed to every reporter. */
export interface Style {
  /** Columns of the terminal, or a default width. */
  readonly width: number;
  /** Whether the terminal shows box and block characters. */
  readonly unicode: boolean;
  readonly title: (text: string) => string;
  /** Names and paths. */
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
  /** Types and shapes. */
  readonly accent: (text: string) => string;
}

export interface StyleOptions {
  readonly color: boolean;
  readonly width?: number;
  readonly unicode?: boolean;
}

/** Longest readable line, however wide the terminal is. */
const MAX_WIDTH = 120;
const PAGE_WIDTH = 100;

export function createStyle({ color, width = PAGE_WIDTH, unicode = true }: StyleOptions): Style {
  // The sixteen basic colours: every terminal has them, in the user's palette.
  const chalk: ChalkInstance = new Chalk({ level: color ? 1 : 0 });
  return {
    width: Math.min(MAX_WIDTH, Math.max(40, width)),
    unicode,
    title: chalk.bold,
    strong: chalk.bold,
    dim: chalk.dim,
    good: chalk.green,
    warn: chalk.yellow,
    bad: chalk.red,
    accent: chalk.cyan,
  };
}
