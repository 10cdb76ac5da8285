import type { Scanner } from './scanner.ts';

/** CPython's own limit (MAXINDENT). */
const INDENTATIONS = 100;

interface Column {
  /** With tabs to the next multiple of eight. */
  readonly wide: number;
  /** With tabs as one column: both must agree, else the block depends on the width of a tab. */
  readonly narrow: number;
}

const NO_COLUMN: Column = { wide: 0, narrow: 0 };

/** Blocks, from the white space at the start of lines. */
export class Indentation {
  /** The line that started at the last `read` has no token. */
  isBlankLine = true;
  readonly #scanner: Scanner;
  readonly #columns: Column[] = [NO_COLUMN];

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
  }

  /** Reads the white space of a line and writes INDENT or DEDENT. */
  read(): void {
    const column = this.#readColumn();
    const code = this.#scanner.code();
    // Lines of white space and comments belong to no block; NaN is the end.
    this.isBlankLine = code === 0x23 || code === 0x0a || code === 0x0d || Number.isNaN(code);
    if (this.isBlankLine) return;
    const last = this.#last;
    if (column.wide > last.wide) this.#indent(column);
    else if (column.wide < last.wide) this.#dedent(column);
    else if (column.narrow !== last.narrow) this.#failTabs();
  }

  /** Closes the blocks still open at the end of the text. */
  end(): void {
    for (let open = this.#columns.length; open > 1; open--) this.#scanner.push('DEDENT', 0);
  }

  get #last(): Column {
    return this.#columns.at(-1) ?? NO_COLUMN;
  }

  #readColumn(): Column {
    const scanner = this.#scanner;
    let column = NO_COLUMN;
    // Of a line that is joined to the next, the white space of the first counts.
    let joined: Column | undefined;
    for (; ; scanner.at++) {
      const code = scanner.code();
      if (code === 0x20) column = { wide: column.wide + 1, narrow: column.narrow + 1 };
      else if (code === 0x09) column = { wide: (column.wide >> 3) * 8 + 8, narrow: column.narrow + 1 };
      else if (code === 0x0c) column = NO_COLUMN;
      else if (code === 0x5c && (scanner.code(1) === 0x0a || scanner.code(1) === 0x0d)) {
        if (joined === undefined && column.wide > 0) joined = column;
        scanner.at += scanner.code(1) === 0x0d && scanner.code(2) === 0x0a ? 2 : 1;
      } else return joined ?? column;
    }
  }

  #indent(column: Column): void {
    if (column.narrow <= this.#last.narrow) this.#failTabs();
    if (this.#columns.length === INDENTATIONS) this.#scanner.fail(`more than ${INDENTATIONS - 1} blocks are nested`);
    this.#columns.push(column);
    this.#scanner.push('INDENT', 0);
  }

  #dedent(column: Column): void {
    while (column.wide < this.#last.wide) {
      this.#columns.pop();
      this.#scanner.push('DEDENT', 0);
    }
    if (column.wide !== this.#last.wide) this.#scanner.fail('the indentation matches no block around it');
    if (column.narrow !== this.#last.narrow) this.#failTabs();
  }

  #failTabs(): never {
    this.#scanner.fail('tabs and spaces are mixed so that the block depends on the width of a tab');
  }
}
