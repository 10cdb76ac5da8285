import { isToolError } from '../../core/errors.ts';
import { showLines } from '../../ui/text.ts';
import { type Dialect, wordCause, wordThrown } from '../program/run.ts';

/** Upstream's exit code of every failure except wrong usage. */
const FAILED = 1;

/**
 * Upstream's log format on stderr (`ERROR - …`, `WARNING - …`), for log filters, with our messages and hints.
 */
export const archiverDialect: Dialect = {
  formatError(error, style) {
    if (!isToolError(error)) return wordThrown(error, style);
    const cause = wordCause(error);
    const because =
      cause !== undefined && !error.message.includes(cause) ? `\n  ${style.dim(`cause: ${showLines(cause)}`)}` : '';
    return `${style.bad('ERROR')} - ${showLines(error.message)}${because}\n${hintLine(error.hint)}`;
  },
  formatNotice(kind, message, hint, style) {
    const label = kind === 'warning' ? `${style.warn('WARNING')} - ` : '';
    return `${label}${showLines(message)}\n${hintLine(hint)}`;
  },
  exitCodeOf: () => FAILED,
};

function hintLine(hint: string | undefined): string {
  return hint === undefined ? '' : `  ${showLines(hint)}\n`;
}
