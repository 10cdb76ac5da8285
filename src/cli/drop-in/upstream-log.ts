import { isToolError } from '../../core/errors.ts';
import { showLines } from '../../ui/text.ts';
import { type Dialect, wordCause, wordThrown } from '../program/run.ts';

/** Exit code of every failure but wrong usage, as the incumbent has it. */
const FAILED = 1;

/**
 * The incumbent's form on stderr (`ERROR - …`, `WARNING - …`), which log filters know, with our words: what happened, then
 * what to do.
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
