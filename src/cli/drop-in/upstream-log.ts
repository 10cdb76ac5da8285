import { isToolError } from '../../core/errors.ts';
import { type Voice, wordCause, wordThrown } from '../program/run.ts';

/** Exit code of every failure but wrong usage, as the incumbent has it. */
const FAILED = 1;

/**
 * The incumbent's form on stderr (`ERROR - …`, `WARNING - …`), which log filters know, with our words: what happened, then
 * what to do.
 */
export const archiverVoice: Voice = {
  formatError(error, style) {
    if (!isToolError(error)) return wordThrown(error, style);
    const cause = wordCause(error);
    const because = cause !== undefined && !error.message.includes(cause) ? `\n  ${style.dim(`cause: ${cause}`)}` : '';
    return `${style.bad('ERROR')} - ${error.message}${because}\n${hintLine(error.hint)}`;
  },
  formatNotice(kind, message, hint, style) {
    const label = kind === 'warning' ? `${style.warn('WARNING')} - ` : '';
    return `${label}${message}\n${hintLine(hint)}`;
  },
  exitCodeOf: () => FAILED,
};

function hintLine(hint: string | undefined): string {
  return hint === undefined ? '' : `  ${hint}\n`;
}
