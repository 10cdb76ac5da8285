import { Chalk, type ChalkInstance } from 'chalk';

/** How text may look on one stream: decided once by the cli, handed to every reporter. */
export interface Style {
  /** Columns of the terminal, or of a page when there is none. */
  readonly width: number;
  /** Whether box and block characters can be shown. */
  readonly unicode: boolean;
  readonly title: (text: string) => string;
  /** What the eye should find: names and paths. */
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
  /** Types, shapes and other vocabulary. */
  readonly accent: (text: string) => string;
}

export interface StyleOptions {
  readonly color: boolean;
  readonly width?: number;
  readonly unicode?: boolean;
}

/** Beyond this a line is hard to read, however wide the terminal. */
const MAX_WIDTH = 120;
const PAGE_WIDTH = 100;

export function createStyle({ color, width = PAGE_WIDTH, unicode = true }: StyleOptions): Style {
  // Sixteen colours: every terminal has them, and the user's own palette decides how they look.
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
