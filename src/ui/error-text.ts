import type { Style } from './style.ts';
import { hangText, showLines } from './text.ts';

/** The parts of an error's text. */
export interface ErrorFacts {
  readonly message: string;
  readonly code?: string;
  readonly hint?: string | undefined;
  readonly cause?: string | undefined;
  /** Stack of an unexpected error. */
  readonly stack?: string | undefined;
}

/** Code and message, cause, hint. */
export function formatError({ message, code, hint, cause, stack }: ErrorFacts, style: Style): string {
  const label = code === undefined ? '' : `${style.bad(code)}  `;
  const lines = [hangText(label, showLines(message), style.width)];
  if (cause !== undefined && !message.includes(cause)) {
    lines.push(style.dim(hangText('  cause: ', showLines(cause), style.width)));
  }
  if (hint !== undefined) lines.push(hangText(`  ${style.accent('hint:')} `, showLines(hint), style.width));
  if (stack !== undefined) lines.push(style.dim(showLines(stack)));
  return `${lines.join('\n')}\n`;
}

/** A notice or a warning. */
export function formatNotice(
  kind: 'notice' | 'warning',
  message: string,
  hint: string | undefined,
  style: Style,
): string {
  const label = kind === 'warning' ? `${style.warn('warning')}  ` : '';
  const text = hangText(label, showLines(message), style.width);
  return hint === undefined
    ? `${text}\n`
    : `${text}\n${hangText(`  ${style.accent('hint:')} `, showLines(hint), style.width)}\n`;
}
